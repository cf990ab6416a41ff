"""What does an overview need of a milestone? One row of one query, no model instance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from milestones.models import Health, Milestone
from milestones.planning.facts import Fact, Window
from milestones.workdays import FuzzyDate, Precision

COLUMNS = (
    "id code title title_en state health workstream_id carried_from_id lead__short_name lead__name "
    "baseline_on baseline_precision due_on due_precision forecast_on forecast_precision actual_on actual_precision"
).split()


@dataclass(frozen=True)
class Line:
    values: dict[str, Any]
    fact: Fact

    @property
    def id(self) -> Any:
        return self.values["id"]

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
    def health(self) -> str | None:
        return self.values["health"]

    def get_health_display(self) -> str:
        return str(Health(self.health).label) if self.health else ""

    @property
    def lead(self) -> str:
        return self.values["lead__short_name"] or self.values["lead__name"] or ""

    @property
    def is_overdue(self) -> bool:
        return self.fact is Fact.OVERDUE

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


def lines(ids: Iterable[Any], window: Window) -> dict[Any, Line]:
    """By id; one query."""
    found = Milestone.objects.filter(pk__any_of=list(ids)).order_by().values(*COLUMNS)
    return {row["id"]: Line(row, window.fact(row["state"], row["due_on"], row["actual_on"])) for row in found}
