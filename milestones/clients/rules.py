"""What must hold before a client is written?"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from milestones import rates
from milestones.errors import Duplicate, RuleBroken
from milestones.models import ApiClient, Scope

RESERVED = {"system"}  # what history calls the application itself
# A scope that cannot do without another.
IMPLIES = {Scope.WRITE: {Scope.READ}}


def cleaned(client: ApiClient, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored: names trimmed, scopes and networks in one order and writing, ids as text.

    `plans` and `organisations` are rows, or None for no limit. Raises RuleBroken or Duplicate, naming the field.
    """
    clean: dict[str, Callable[[Any], Any]] = {
        "name": lambda name: _name(client, name),
        "description": str.strip,
        "scopes": scopes,
        "plans": lambda rows: _ids(rows, "plans"),
        "organisations": lambda rows: _ids(rows, "organisations"),
        "networks": networks,
        "rate": rate,
        "expected_every": _interval,
    }
    return {name: clean[name](value) if name in clean else value for name, value in values.items()}


def scopes(given: Iterable[str]) -> list[str]:
    """In the order of `Scope`, with what they imply."""
    wanted = {word.strip() for word in given if word.strip()}
    if unknown := sorted(wanted - set(Scope.values)):
        shown = {"scope": unknown[0], "known": ", ".join(Scope.values)}
        raise RuleBroken(_("There is no scope “%(scope)s”; there are: %(known)s.") % shown, field="scopes")
    if not wanted:
        raise RuleBroken(_("Give at least one scope."), field="scopes", code="missing")
    wanted |= {str(other) for scope in wanted for other in IMPLIES.get(Scope(scope), ())}
    return [scope for scope in Scope.values if scope in wanted]


def networks(given: Iterable[str]) -> list[str]:
    found = []
    for text in (text.strip() for text in given):
        try:
            found.append(str(ipaddress.ip_network(text)))
        except ValueError:
            message = _("“%(text)s” is no network; write it as 10.20.0.0/16 or 2001:db8::/32.") % {"text": text}
            raise RuleBroken(message, field="networks") from None
    return list(dict.fromkeys(found))


def rate(text: str) -> str:
    """Empty for the installation's own."""
    if text := text.strip():
        try:
            rates.parse(text)
        except ValueError:
            message = _("“%(text)s” is no rate; write it as 600/min (s, min, h or day).") % {"text": text}
            raise RuleBroken(message, field="rate") from None
    return text


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise RuleBroken(_("This moment is over; a token expires in the future."), field="expires_at")


def _name(client: ApiClient, name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleBroken(_("A client needs a name."), field="name", code="missing")
    if name.lower() in RESERVED:
        raise RuleBroken(_("History calls the application itself so; choose another name."), field="name")
    if ApiClient.objects.filter(name=name).exclude(pk=client.pk).exists():
        raise taken(name)
    return name


def taken(name: str) -> Duplicate:
    return Duplicate(_("There is a client “%(name)s” already; choose another name.") % {"name": name}, field="name")


def _ids(rows: Iterable[Any] | None, field: str) -> list[str] | None:
    if rows is None:
        return None
    if not (ids := sorted({str(row.pk) for row in rows})):
        message = _("A reach that names nothing lets nothing through; leave it out for no limit.")
        raise RuleBroken(message, field=field, code="missing")
    return ids


def _interval(minutes: int | None) -> int | None:
    if minutes is not None and minutes < 1:
        raise RuleBroken(_("The interval is at least one minute; leave it empty for none."), field="expected_every")
    return minutes
