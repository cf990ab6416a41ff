"""How are the rows said that belong to an object: a milestone's parties, a person's roles, a client's tokens?"""

from __future__ import annotations

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.models import PartyRole, Role

LABELS = {
    "roles": gettext_lazy("roles"),
    "parties": gettext_lazy("parties"),
    "steps": gettext_lazy("steps"),
    "mentions": gettext_lazy("mentioned"),
    "external_refs": gettext_lazy("external references"),
    "tokens": gettext_lazy("tokens"),
}


def party(role: str, unit: str, person: str = "") -> str:
    """“supporting: 港城集团 (王小明)”."""
    said = {"role": PartyRole(role).label, "unit": unit, "person": person}
    return (_("%(role)s: %(unit)s (%(person)s)") if person else _("%(role)s: %(unit)s")) % said


def role(code: str) -> str:
    return str(Role(code).label) if code in Role.values else code


def token(prefix: str, expires_at: str | None, revoked_at: str | None) -> str:
    """“lgx_8fK2… (until 2027-01-31 00:00)”."""
    if revoked_at:
        return _("%(prefix)s… (revoked)") % {"prefix": prefix}
    if not expires_at:
        return f"{prefix}…"
    until = parse_datetime(expires_at)
    at = date_format(timezone.localtime(until), "Y-m-d H:i") if until else ""
    return _("%(prefix)s… (until %(at)s)") % {"prefix": prefix, "at": at}
