"""How are the rows said that belong to an object: a milestone's parties, a person's roles, a policy's steps?"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.models import PartyRole, Role

LABELS = {
    "roles": gettext_lazy("roles"),
    "parties": gettext_lazy("parties"),
    "steps": gettext_lazy("steps"),
    "mentions": gettext_lazy("mentioned"),
    "external_refs": gettext_lazy("external references"),
}


def party(role: str, unit: str, person: str = "") -> str:
    """“supporting: 港城集团 (王小明)”."""
    said = {"role": PartyRole(role).label, "unit": unit, "person": person}
    return (_("%(role)s: %(unit)s (%(person)s)") if person else _("%(role)s: %(unit)s")) % said


def role(code: str) -> str:
    return str(Role(code).label) if code in Role.values else code
