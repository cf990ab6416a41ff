"""Which earlier text is this one a newer version of, and what was made of that one?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken
from milestones.intake.alike import shared
from milestones.models import IntakeText, Plan

FEWEST = 0.3  # of its sentences, so many stand in the other version too


class AnotherPlan(RuleBroken):
    code = "another_plan"
    message = _("That text was read for another plan; choose one of this plan, or leave it empty.")


def before(text: str, plan: Plan, chosen: IntakeText | None) -> IntakeText | None:
    """The one that was chosen, else the text of the plan that shares most with this one; the newest of equals."""
    if chosen is not None:
        if chosen.plan_id != plan.pk:
            raise AnotherPlan(field="replaces")
        return chosen
    earlier = [(shared(text, one.text), one) for one in IntakeText.objects.filter(plan=plan).order_by("-created_at")]
    best = max(earlier, key=lambda found: found[0], default=None)
    return best[1] if best is not None and best[0] >= FEWEST else None


def made_before(text: IntakeText) -> set[str]:
    """The ids of what was accepted of the versions that this one replaces, near and far."""
    return {row["made"] for one in _versions(text) for row in one.proposals if row["made"]}


def _versions(text: IntakeText) -> Iterator[IntakeText]:
    seen: set[Any] = {text.pk}
    while (one := text.replaces) is not None and one.pk not in seen:
        seen.add(one.pk)
        yield one
        text = one
