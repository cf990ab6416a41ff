"""What does an overview need of each milestone? One row of one query, no model instance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from milestones import access
from milestones.models import Person, Plan
from milestones.web.facts import Fact, Window
from milestones.workdays import FuzzyDate, Precision

COLUMNS = (
    "id code title title_en state weight workstream_id carried_from_id "
    "lead__short_name lead__name accountable_id accountable__display_name "
    "baseline_on baseline_precision due_on due_precision forecast_on forecast_precision actual_on actual_precision"
).split()


@dataclass(frozen=True)
class Line:
    """A milestone as the overview needs it: one row of one query, no model instance."""

    values: dict[str, Any]
    fact: Fact

    @property
    def code(self) -> str:
        return str(self.values["code"])

    @property
    def title(self) -> str:
        return str(self.values["title"])

    @property
    def title_en(self) -> str:
        return str(self.values["title_en"])

    @property
    def weight(self) -> int:
        return int(self.values["weight"])

    @property
    def lead(self) -> str:
        return self.values["lead__short_name"] or self.values["lead__name"] or ""

    @property
    def owner(self) -> str:
        return self.values["accountable__display_name"] or ""

    @property
    def is_open(self) -> bool:
        return self.fact not in (Fact.DONE, Fact.MADE_UP, Fact.CANCELLED)

    @property
    def is_unassigned(self) -> bool:
        return self.is_open and self.values["accountable_id"] is None

    @property
    def baseline(self) -> FuzzyDate:
        return self._date("baseline")  # type: ignore[return-value]

    @property
    def due(self) -> FuzzyDate:
        return self._date("due")  # type: ignore[return-value]

    @property
    def forecast(self) -> FuzzyDate | None:
        return self._date("forecast")

    @property
    def actual(self) -> FuzzyDate | None:
        return self._date("actual")

    def _date(self, name: str) -> FuzzyDate | None:
        on = self.values[f"{name}_on"]
        return FuzzyDate(on, Precision(self.values[f"{name}_precision"])) if on else None


def lines(plan: Plan, viewer: Person, window: Window) -> list[Line]:
    """Those of the plan that `viewer` may see, by effective day."""
    found = access.visible(plan.milestones.all(), viewer).order_by("due_on", "code").values(*COLUMNS)
    return [Line(row, window.fact(row["state"], row["due_on"], row["actual_on"])) for row in found]


def share(lines: Iterable[Line], total: int) -> float:
    """The weight of `lines` in per cent of `total`."""
    return 100 * sum(line.weight for line in lines) / total if total else 0.0
