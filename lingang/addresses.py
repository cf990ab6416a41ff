"""What do the addresses (the site's, the database's, the mail server's, another system's) mean?"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qsl, unquote

from lingang.env import Environment, Network, WrongSetting

LOOPBACK = ("localhost", "127.0.0.1")
POSTGRESQL_OPTIONS = frozenset(
    {
        "host",
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "connect_timeout",
        "application_name",
        "target_session_attrs",
    }
)
SECONDS_TO_WAIT_FOR_A_WRITER = 30


@dataclass(frozen=True)
class MailTransport:
    """Where a mail is handed over. `tls`: none, starttls, or implicit (from the first byte)."""

    scheme: Literal["smtp", "smtps", "file"]
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Literal["none", "starttls", "implicit"] = "none"
    path: Path | None = None


@dataclass(frozen=True)
class SingleSignOn:
    """Another system's sign-in by OpenID Connect; `name` is what the button says."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    trusts_email: bool = False  # though it does not say that it confirmed the address

    def providers(self) -> dict[str, Any]:
        """As allauth wants it. PKCE (RFC 7636) beside the secret; `sso` is the name in our own addresses."""
        app = {
            "provider_id": "sso",
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": {"server_url": self.issuer},
        }
        return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def base_url(env: Environment, port: int) -> SplitResult:
    """The address people type. Only https is let out of this machine: sessions and mail links travel on it."""
    parts = env.url("BASE_URL", ("https", "http"), f"http://localhost:{port}")
    assert parts is not None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise WrongSetting(
            "BASE_URL", "is a scheme, a host and perhaps a port, nothing more.", "Write it as https://plan.example.org."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise WrongSetting(
            "BASE_URL",
            f"is http for {parts.hostname}, which would send passwords and sessions in the clear.",
            "Put a TLS proxy in front and use https://…; http is for localhost and 127.0.0.1 only.",
        )
    return parts


def proxies(env: Environment) -> tuple[Network, ...]:
    """Who is believed when it says for whom it asks: this machine, and what gunicorn believes too; `*` is everybody."""
    everybody, this_machine = ("0.0.0.0/0", "::/0"), ("127.0.0.0/8", "::1/128")
    if "*" in env.words("FORWARDED_ALLOW_IPS"):
        return tuple(map(ip_network, everybody))
    return (*map(ip_network, this_machine), *env.networks("FORWARDED_ALLOW_IPS"))


def outside(env: Environment, name: str) -> str:
    """An address out there that is called; empty when not set. Its path may be a secret: no error shows it."""
    parts = env.url(name, ("https", "http"))
    if parts is None:
        return ""
    text = env.text(name)
    advice = "Copy it as the service shows it: https://…, with its token in the path or after the question mark."
    if "@" in parts.netloc:
        raise WrongSetting(name, "holds a user or a password before its host.", advice)
    if not parts.hostname or parts.fragment or not text.isascii() or any(char.isspace() for char in text):
        raise WrongSetting(name, "is no address that can be called.", advice)
    return text


def single_sign_on(env: Environment) -> SingleSignOn | None:
    """OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, all or none; OIDC_NAME is the word on the button,
    OIDC_TRUST_EMAIL says that an address of which it says nothing is confirmed."""
    needed = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    given = [name for name in needed if env.given(name)]
    if not given:
        return None
    for name in needed:
        if name not in given:
            raise WrongSetting(name, f"is missing, while {given[0]} is set.", "Set all three, or none of them.")
    parts = env.url("OIDC_ISSUER", ("https", "http"))
    assert parts is not None
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        advice = "Use https://…; http is for localhost and 127.0.0.1 only."
        raise WrongSetting("OIDC_ISSUER", "is http, by which whoever listens could sign in.", advice)
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        advice = "Write it as https://sign-in.example.org/realms/office, without a query."
        raise WrongSetting("OIDC_ISSUER", "is no address of an issuer.", advice)
    issuer, name = env.text("OIDC_ISSUER").rstrip("/"), env.text("OIDC_NAME")
    trusts = env.flag("OIDC_TRUST_EMAIL")
    return SingleSignOn(issuer, env.text("OIDC_CLIENT_ID"), env.text("OIDC_CLIENT_SECRET"), name, trusts)


def database(env: Environment, root: Path, default: Path) -> dict[str, Any]:
    """Django's description of the database that DATABASE_URL names."""
    parts = env.url("DATABASE_URL", ("sqlite", "postgresql", "postgres"), f"sqlite:///{default}")
    assert parts is not None
    return sqlite(parts, root) if parts.scheme == "sqlite" else postgresql(parts)


def sqlite(parts: SplitResult, root: Path) -> dict[str, Any]:
    """`sqlite:///plan.sqlite3` lies below the project, `sqlite:////srv/plan.sqlite3` where it says."""
    path = unquote(parts.path)[1:]
    if parts.netloc or not path or parts.query:
        raise WrongSetting(
            "DATABASE_URL", "names no file.", "Write it as sqlite:///var/db.sqlite3 or sqlite:////srv/db.sqlite3."
        )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(root / path),
        "OPTIONS": {
            # A writer takes the lock when its transaction begins and waits for it: no lock errors half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": SECONDS_TO_WAIT_FOR_A_WRITER,
            # Readers never wait for the writer; a power cut may lose the last commits, never the file.
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
        },
    }


def postgresql(parts: SplitResult) -> dict[str, Any]:
    """A kept connection a thread, looked at before it is used again: a restarted server costs no request."""
    name, options = unquote(parts.path)[1:], dict(parse_qsl(parts.query))
    if unknown := sorted(options.keys() - POSTGRESQL_OPTIONS):
        raise WrongSetting(
            "DATABASE_URL",
            f"has unknown options: {', '.join(unknown)}.",
            f"Known: {', '.join(sorted(POSTGRESQL_OPTIONS))}.",
        )
    if not name:
        raise WrongSetting(
            "DATABASE_URL", "names no database.", "Write it as postgresql://user:password@host:5432/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # What `milestones.models.prepared` asks is planned by the server when it comes for the second time, for good:
        # a plan for each value anew takes longer than any of these answers.
        "OPTIONS": {
            "connect_timeout": 5,
            "prepare_threshold": 1,
            "options": "-c plan_cache_mode=force_generic_plan",
            **options,
        },
    }


def mail_transport(env: Environment, root: Path, default: Path) -> MailTransport:
    """`smtp` speaks TLS after STARTTLS, `smtps` from the first byte; only a server on this machine needs none."""
    parts = env.url("EMAIL_URL", ("smtp", "smtps", "file"), f"file:{default}")
    assert parts is not None
    if parts.scheme == "file":
        if parts.netloc or not parts.path:
            raise WrongSetting("EMAIL_URL", "names no folder.", "Write it as file:var/mail or file:/srv/mail.")
        return MailTransport(scheme="file", path=root / unquote(parts.path))
    return smtp(parts)


def smtp(parts: SplitResult) -> MailTransport:
    if not parts.hostname or parts.path.strip("/"):
        raise WrongSetting(
            "EMAIL_URL", "names no mail server.", "Write it as smtp://user:password@mail.example.org:587."
        )
    options = dict(parse_qsl(parts.query))
    wish = options.pop("tls", "")
    modes = {"smtps": {"": "implicit", "implicit": "implicit"}}.get(
        parts.scheme,
        {
            "": "none" if parts.hostname in (*LOOPBACK, "::1") else "starttls",
            "none": "none",
            "starttls": "starttls",
            "implicit": "implicit",
        },
    )
    if options or wish not in modes:
        raise WrongSetting(
            "EMAIL_URL",
            "has an option that is not known.",
            f"Known: tls={', tls='.join(sorted(mode for mode in modes if mode))}.",
        )
    tls = modes[wish]
    if parts.username and tls == "none" and parts.hostname not in (*LOOPBACK, "::1"):
        raise WrongSetting("EMAIL_URL", "would send the password in the clear.", "Use tls=starttls, or smtps://….")
    return MailTransport(
        scheme="smtps" if parts.scheme == "smtps" else "smtp",
        host=parts.hostname,
        port=parts.port or {"implicit": 465, "starttls": 587, "none": 25}[tls],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,  # type: ignore[arg-type]  # a value of the table above
    )
