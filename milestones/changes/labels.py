"""How is the label that history keeps of an actor said?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from milestones.models import Role

ROLES = {str(role.value): role for role in Role}


def who(label: str) -> str:
    """An actor's label with its role codes in the reader's language: “金贸处 联络员”."""
    if label == "system":
        return _("the system")
    words = label.split(" ")
    roles = words[-1].split("/")
    if all(role in ROLES for role in roles):
        words[-1] = _("/").join(str(ROLES[role].label) for role in roles)
    return " ".join(dict.fromkeys(words))  # the supervision office is a unit and a role of one name
