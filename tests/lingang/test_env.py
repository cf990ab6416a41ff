"""What do the readers of the environment take, and how do they refuse?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lingang import addresses
from lingang.env import Environment, WrongSetting
from lingang.secret import kept, secret_key

ROOT = Path("/srv/lingang")


def read(**variables: str) -> Environment:
    return Environment(variables)


def test_a_variable_set_to_nothing_counts_as_not_set() -> None:
    env = read(TIME_ZONE=" ", DEBUG="")
    assert not env.given("TIME_ZONE")
    assert env.time_zone("TIME_ZONE", "Asia/Shanghai") == "Asia/Shanghai"
    assert env.flag("DEBUG", default=True) is True


@pytest.mark.parametrize(("text", "value"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False)])
def test_flags(text: str, value: bool) -> None:
    assert read(DEBUG=text).flag("DEBUG") is value


def test_words_are_separated_by_commas() -> None:
    assert read(ALLOWED_HOSTS="a.example, b.example,,").words("ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_proxies_are_this_machine_and_those_named() -> None:
    here = ["127.0.0.0/8", "::1/128"]
    assert list(map(str, addresses.proxies(read()))) == here
    assert list(map(str, addresses.proxies(read(FORWARDED_ALLOW_IPS="10.0.0.5, fd00::/8")))) == [
        *here,
        "10.0.0.5/32",
        "fd00::/8",
    ]
    assert list(map(str, addresses.proxies(read(FORWARDED_ALLOW_IPS="*")))) == ["0.0.0.0/0", "::/0"]
    with pytest.raises(WrongSetting):
        addresses.proxies(read(FORWARDED_ALLOW_IPS="proxy.example.org"))


@pytest.mark.parametrize("address", ["office@example.org", "管委会办公室 <office@example.org>"])
def test_addresses(address: str) -> None:
    assert read(REPLY_TO=address).address("REPLY_TO") == address


def test_networks_are_separated_by_commas() -> None:
    found = read(NETS="10.20.0.0/16, fd00:1::/32,127.0.0.1").networks("NETS")
    assert [str(network) for network in found] == ["10.20.0.0/16", "fd00:1::/32", "127.0.0.1/32"]
    assert read().networks("NETS") == ()


WRONG: list[tuple[str, str, Callable[[Environment], object]]] = [
    ("DEBUG", "maybe", lambda env: env.flag("DEBUG")),
    ("PORT", "http", lambda env: env.number("PORT", 8000, least=1, most=65535)),
    ("PORT", "70000", lambda env: env.number("PORT", 8000, least=1, most=65535)),
    ("PORT", "８０００", lambda env: env.number("PORT", 8000, least=1, most=65535)),
    ("LOG_FORMAT", "xml", lambda env: env.choice("LOG_FORMAT", ("console", "json"), "console")),
    ("REPLY_TO", "office", lambda env: env.address("REPLY_TO")),
    ("TIME_ZONE", "Mars/Olympus", lambda env: env.time_zone("TIME_ZONE", "UTC")),
    ("TIME_ZONE", "../etc/passwd", lambda env: env.time_zone("TIME_ZONE", "UTC")),
    ("BASE_URL", "ftp://localhost", lambda env: addresses.base_url(env, 8000)),
    ("BASE_URL", "http://plan.example.org", lambda env: addresses.base_url(env, 8000)),
    ("BASE_URL", "https://plan.example.org/sub", lambda env: addresses.base_url(env, 8000)),
    ("BASE_URL", "https://plan.example.org:port", lambda env: addresses.base_url(env, 8000)),
    ("BASE_URL", "https://", lambda env: addresses.base_url(env, 8000)),
    ("DATABASE_URL", "mysql://localhost/plan", lambda env: addresses.database(env, ROOT, ROOT / "db")),
    ("DATABASE_URL", "sqlite://plan", lambda env: addresses.database(env, ROOT, ROOT / "db")),
    ("DATABASE_URL", "sqlite:///", lambda env: addresses.database(env, ROOT, ROOT / "db")),
    ("DATABASE_URL", "postgresql://localhost", lambda env: addresses.database(env, ROOT, ROOT / "db")),
    ("DATABASE_URL", "postgresql://h/n?sslmod=require", lambda env: addresses.database(env, ROOT, ROOT / "db")),
    ("HEARTBEAT_URL", "ftp://watch.example.org/hunter2", lambda env: addresses.outside(env, "HEARTBEAT_URL")),
    ("HEARTBEAT_URL", "watch.example.org/hunter2", lambda env: addresses.outside(env, "HEARTBEAT_URL")),
    ("HEARTBEAT_URL", "https:///hunter2", lambda env: addresses.outside(env, "HEARTBEAT_URL")),
    ("ALARM_WEBHOOK_URL", "https://u:hunter2@h/x", lambda env: addresses.outside(env, "ALARM_WEBHOOK_URL")),
    ("ALARM_WEBHOOK_URL", "https://h/hunter2#here", lambda env: addresses.outside(env, "ALARM_WEBHOOK_URL")),
    ("ALARM_WEBHOOK_URL", "https://h/hunter2 x", lambda env: addresses.outside(env, "ALARM_WEBHOOK_URL")),
    ("ALARM_WEBHOOK_URL", "https://h/hunter2报警", lambda env: addresses.outside(env, "ALARM_WEBHOOK_URL")),
    ("ALARM_WEBHOOK_URL", "https://h:port/hunter2", lambda env: addresses.outside(env, "ALARM_WEBHOOK_URL")),
    ("EMAIL_URL", "imap://mail.example.org", lambda env: addresses.mail_transport(env, ROOT, ROOT / "mail")),
    ("EMAIL_URL", "smtp://", lambda env: addresses.mail_transport(env, ROOT, ROOT / "mail")),
    ("EMAIL_URL", "smtp://h?tls=maybe", lambda env: addresses.mail_transport(env, ROOT, ROOT / "mail")),
    ("EMAIL_URL", "smtps://h?tls=none", lambda env: addresses.mail_transport(env, ROOT, ROOT / "mail")),
    ("EMAIL_URL", "smtp://u:hunter2@h?tls=none", lambda env: addresses.mail_transport(env, ROOT, ROOT / "mail")),
    ("EMAIL_URL", "file:", lambda env: addresses.mail_transport(env, ROOT, ROOT / "mail")),
    ("WEBHOOK_ALLOWED_NETWORKS", "10.0.0.1/8", lambda env: env.networks("WEBHOOK_ALLOWED_NETWORKS")),
    ("WEBHOOK_ALLOWED_NETWORKS", "10.0.0.0/33", lambda env: env.networks("WEBHOOK_ALLOWED_NETWORKS")),
    ("WEBHOOK_ALLOWED_NETWORKS", "intranet", lambda env: env.networks("WEBHOOK_ALLOWED_NETWORKS")),
    ("SECRET_KEY", "short", lambda env: secret_key(env, ROOT / "key", production=False)),
    ("SECRET_KEY", "a" * 60, lambda env: secret_key(env, ROOT / "key", production=False)),
]


@pytest.mark.parametrize(("name", "value", "reader"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_wrong_value_is_refused_by_name(name: str, value: str, reader: Callable[[Environment], object]) -> None:
    with pytest.raises(WrongSetting, match=f"^{name}: ") as refusal:
        reader(read(**{name: value}))
    assert "hunter2" not in str(refusal.value)


def test_the_site_is_on_localhost_unless_told() -> None:
    assert addresses.base_url(read(), 8123).geturl() == "http://localhost:8123"


def test_an_address_outside_is_taken_as_it_is() -> None:
    given = "https://hc.example.org:8443/ping/0e9d-4b?create=1"
    assert addresses.outside(read(HEARTBEAT_URL=given), "HEARTBEAT_URL") == given
    assert addresses.outside(read(), "HEARTBEAT_URL") == ""


def test_an_sqlite_path_below_the_project_and_an_absolute_one() -> None:
    default = ROOT / "var" / "db.sqlite3"
    assert addresses.database(read(), ROOT, default)["NAME"] == str(default)
    assert addresses.database(read(DATABASE_URL="sqlite:///var/a.db"), ROOT, default)["NAME"] == "/srv/lingang/var/a.db"
    assert addresses.database(read(DATABASE_URL="sqlite:////data/a.db"), ROOT, default)["NAME"] == "/data/a.db"


def test_a_postgresql_address_with_every_part() -> None:
    found = addresses.database(read(DATABASE_URL="postgres://me:p%40ss@db:5433/plan?sslmode=require"), ROOT, ROOT)
    assert (found["NAME"], found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == (
        "plan",
        "me",
        "p@ss",
        "db",
        "5433",
    )
    assert found["OPTIONS"]["sslmode"] == "require"


def test_a_postgresql_socket() -> None:
    assert (
        addresses.database(read(DATABASE_URL="postgresql:///plan?host=/run/postgresql"), ROOT, ROOT)["HOST"]
        == "/run/postgresql"
    )


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://localhost", "localhost", 25, "none"),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, "none"),
        ("smtp://mail.example.org", "mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org?tls=none", "mail.example.org", 25, "none"),
        ("smtp://mail.example.org?tls=implicit", "mail.example.org", 465, "implicit"),
        ("smtps://mail.example.org", "mail.example.org", 465, "implicit"),
    ],
)
def test_mail_servers(url: str, host: str, port: int, tls: str) -> None:
    found = addresses.mail_transport(read(EMAIL_URL=url), ROOT, ROOT)
    assert (found.host, found.port, found.tls) == (host, port, tls)


def test_a_mail_password_is_read_but_not_shown() -> None:
    found = addresses.mail_transport(read(EMAIL_URL="smtps://me%40example.org:p%2Fw@h"), ROOT, ROOT)
    assert (found.user, found.password) == ("me@example.org", "p/w")
    assert "p/w" not in repr(found)


@pytest.mark.parametrize(
    ("url", "path"), [("file:var/mail", "/srv/lingang/var/mail"), ("file:/data/mail", "/data/mail"), ("", "/d")]
)
def test_a_mail_folder(url: str, path: str) -> None:
    assert addresses.mail_transport(read(EMAIL_URL=url), ROOT, Path("/d")).path == Path(path)


def test_production_must_be_given_a_key(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match=r"^SECRET_KEY: must be given"):
        secret_key(read(), tmp_path / "key", production=True)


def test_a_kept_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret_key"
    first = kept(file)
    assert kept(file) == first
    assert len(first) >= 50
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]
