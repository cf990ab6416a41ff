"""Which steps of which policy ask for an answer about something?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from milestones.models import Anchor, DayUnit, ReminderPolicy, StepVersion

from .asking_days import Step


@dataclass(frozen=True)
class Ladders:
    """By policy, those that ever said something about the answer."""

    steps: Mapping[Any, tuple[Step, ...]]
    default: Any

    def of(self, *policies: Any) -> tuple[Step, ...]:
        """The first policy that ever said something about it, else the default one.

        A policy from before steps could ask is silent and leaves it to the next: no installation falls silent by that.
        One whose steps were removed says that nobody is asked.
        """
        return next(
            (self.steps[policy] for policy in policies if policy in self.steps), self.steps.get(self.default, ())
        )

    def wanted(self) -> frozenset[str]:
        """The roles to which any step speaks."""
        return frozenset().union(*(step.audience for steps in self.steps.values() for step in steps))


def ladders(anchor: Anchor) -> Ladders:
    found: dict[Any, list[Step]] = defaultdict(list)
    versions = StepVersion.objects.filter(anchor=anchor).select_related("step").order_by("step__code", "number")
    for version in versions:
        found[version.step.policy_id].append(_step(version))
    default = ReminderPolicy.objects.filter(is_default=True).values_list("pk", flat=True).first()
    return Ladders({policy: tuple(steps) for policy, steps in found.items()}, default)


def _step(version: StepVersion) -> Step:
    return Step(
        code=version.step.code,
        offset=version.offset,
        working=version.unit == DayUnit.WORKING,
        repeats=version.repeats,
        most=version.most,
        audience=frozenset(version.audience),
        effective_from=version.effective_from,
        effective_until=version.effective_until,
    )
