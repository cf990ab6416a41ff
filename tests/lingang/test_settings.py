"""What do the settings make of an environment as a whole?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from lingang.addresses import single_sign_on
from lingang.env import Environment, WrongSetting

ROOT = Path(__file__).resolve().parents[2]
KEY = "an example of a key that is long enough to sign with"


def manage(tmp_path: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **variables}
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def printed(tmp_path: Path, name: str, **variables: str) -> str:
    code = f"from django.conf import settings; print(settings.{name})"
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "lingang.settings",
        **variables,
    }
    return subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=environment, text=True).strip()


@pytest.mark.parametrize(
    "variables",
    [
        {"BASE_URL": "http://plan.example.org"},
        {"BASE_URL": "https://plan.example.org"},
        {"BASE_URL": "https://plan.example.org", "SECRET_KEY": KEY, "DEBUG": "1"},
        {"BASE_URL": "https://plan.example.org", "SECRET_KEY": KEY, "DEMO": "1"},
        {"SENTRY_DSN": "not a dsn"},
        {"REDIS_URL": "amqp://localhost"},
        {"LANGUAGE_CODE": "fr"},
    ],
    ids=str,
)
def test_a_wrong_environment_is_one_line_and_no_traceback(tmp_path: Path, variables: dict[str, str]) -> None:
    done = manage(tmp_path, "check", **variables)
    assert done.returncode == 1
    assert done.stderr.split(":")[0] in {*variables, "SECRET_KEY"}
    assert len(done.stderr.splitlines()) == 1


def test_production_passes_the_deployment_check(tmp_path: Path) -> None:
    given = {"BASE_URL": "https://plan.example.org", "SECRET_KEY": KEY, "EMAIL_URL": "smtps://mail.example.org"}
    addresses = {"REPLY_TO": "office@example.org", "DEFAULT_FROM_EMAIL": "plan@example.org"}
    watched = {"HEARTBEAT_URL": "https://watch.example.org/x", "ALARM_WEBHOOK_URL": "https://chat.example.org/x"}
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **given, **addresses, **watched)
    assert done.returncode == 0, done.stderr


def test_production_is_for_its_own_host(tmp_path: Path) -> None:
    hosts = printed(tmp_path, "ALLOWED_HOSTS", BASE_URL="https://plan.example.org", SECRET_KEY=KEY)
    assert hosts == "['plan.example.org', 'localhost', '127.0.0.1']"


def test_a_long_folder_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    file = printed(tmp_path, "BROKER_SOCKET", VAR_DIR=str(tmp_path / ("deep" * 30)))
    assert len(file) < 100


def test_pages_allow_nothing_inline() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'self'"]
    assert not any("unsafe" in source for sources in directives.values() for source in sources)


def test_a_mail_past_the_outbox_is_refused() -> None:
    from django.core.mail import EmailMessage

    from lingang.no_mail import EmailBackend

    with pytest.raises(RuntimeError, match="outbox"):
        EmailMessage("subject", "body", to=["a@example.org"], connection=EmailBackend()).send()


@pytest.mark.parametrize(
    ("given", "at_fault"),
    [
        ({"OIDC_ISSUER": "https://id.example.org"}, "OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://id.example.org", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://u@id.example.org", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, "OIDC_ISSUER"),
    ],
    ids=str,
)
def test_single_sign_on_is_set_whole_or_not_at_all(given: dict[str, str], at_fault: str) -> None:
    with pytest.raises(WrongSetting, match=f"^{at_fault}: "):
        single_sign_on(Environment(given))
    assert single_sign_on(Environment({})) is None
