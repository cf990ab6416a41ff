"""Which notices do the tests play with? It is 12 January 2023, a Thursday; the office issues."""

from __future__ import annotations

from typing import Any

from milestones.models import Milestone, Notice, OutgoingMail
from milestones.notices import operations
from tests.cast import NOW, Cast, acting

MATTER = "请说明封顶进度滞后的原因。"


def issue(cast: Cast, milestone: Milestone | None = None, level: str = "blue", **values: Any) -> Notice:
    how: Any = {"matter": MATTER, "actor": acting(cast.office), "now": NOW, **values}
    return operations.issue(milestone or cast.roof, level=level, **how)


def mails() -> list[tuple[str, str]]:
    """(kind, name of the recipient) of all there are."""
    return sorted(OutgoingMail.objects.values_list("kind", "recipient__display_name"))
