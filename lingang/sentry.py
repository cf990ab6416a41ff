"""How do errors reach Sentry, when a SENTRY_DSN is given?"""

from __future__ import annotations

from typing import Any

from lingang.env import Environment, WrongSetting
from lingang.logs import MASK, SECRET_IN_ADDRESS


def mask(event: Any, hint: dict[str, Any]) -> Any:
    """The event without the rights that lie in addresses."""
    if request := event.get("request"):
        request.pop("cookies", None)
        request.pop("query_string", None)
        hide(request, "url")
    hide(event, "transaction")
    hide(event.get("logentry"), "message", "formatted")
    for crumb in (event.get("breadcrumbs") or {}).get("values", ()):
        hide(crumb, "message")
        hide(crumb.get("data"), "url")
    return event


def hide(part: Any, *names: str) -> None:
    for name in names:
        if part and isinstance(part.get(name), str):
            part[name] = SECRET_IN_ADDRESS.sub(MASK, part[name])


def start(env: Environment) -> None:
    """Does nothing without SENTRY_DSN: the library is not even imported."""
    if not env.given("SENTRY_DSN"):
        return
    try:
        import sentry_sdk
        from sentry_sdk.utils import BadDsn
    except ImportError:
        raise WrongSetting(
            "SENTRY_DSN", "needs the package sentry-sdk.", "Install requirements.lock, which has it."
        ) from None
    try:
        sentry_sdk.init(
            dsn=env.text("SENTRY_DSN"),
            send_default_pii=False,
            before_send=mask,
            before_send_transaction=mask,
            max_request_body_size="never",
            include_local_variables=False,  # among them are passwords, names and what people wrote
        )
    except BadDsn:
        raise WrongSetting(
            "SENTRY_DSN", "is no address of a Sentry project.", "Copy it from the project's client keys."
        ) from None
