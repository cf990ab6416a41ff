"""What is written down of this request at the door, and how did its person get in?"""

from __future__ import annotations

import ipaddress

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.utils import timezone

from milestones import callers
from milestones.models import Happening, Person
from milestones.people import sign_ins

NOWHERE = "0.0.0.0"  # noqa: S104 - no address to listen on: what is kept when a server names none
METHODS = {"totp": "code", "recovery_codes": "recovery_code", "webauthn": "passkey", "socialaccount": "single_sign_on"}


def note(
    request: HttpRequest,
    happening: Happening,
    *,
    person: Person | None = None,
    typed: str = "",
    method: str = "",
) -> None:
    """With the address and the browser that the request comes from."""
    sign_ins.note(
        happening,
        now=timezone.now(),
        person=person,
        typed=typed,
        method=method,
        address=address(request),
        agent=request.headers.get("User-Agent", ""),
    )


def address(request: HttpRequest) -> str:
    """Where somebody calls from; NOWHERE where a proxy or a socket names no address."""
    try:
        return str(ipaddress.ip_address(callers.address(request)))
    except ValueError:
        return NOWHERE


def method(request: HttpRequest, person: Person) -> str:
    """The ways by which this session was opened, as `password+code`."""
    steps = [step for step in get_authentication_records(request, person) if not step.get("reauthenticated")]
    names = [str(step.get("type") or step["method"]) for step in steps]
    return "+".join(dict.fromkeys(METHODS.get(name, name) for name in names))
