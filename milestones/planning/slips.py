"""How far has a milestone slipped since it was first promised, in whichever plan that was? 结转 does not hide it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import DateField, F, Func, IntegerField, Subquery, Value
from django.db.models.functions import Coalesce

from milestones.models import OPEN_STATES, Milestone, Plan, State
from milestones.models.base import fuzzy
from milestones.models.milestones import SLIPPED, MilestoneQuerySet
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate

TABLE = Milestone._meta.db_table


@dataclass(frozen=True)
class FirstPromise:
    """The baseline of the milestone from which others were carried on, `times` times until this one."""

    baseline: FuzzyDate
    plan: Plan
    times: int


@dataclass(frozen=True)
class Slip:
    """From the first promise to a day: 0 or less when nothing was lost."""

    calendar_days: int
    working_days: int


def slip(first: FuzzyDate, end: date, days: Calendar) -> Slip:
    """Both counted from the effective day of the promise."""
    return Slip((end - first.effective_day).days, days.count(first.effective_day, end))


class Days(Func):
    """The calendar days from the second date to the first."""

    output_field = IntegerField()
    template = "(%(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        later, earlier = (compiler.compile(one) for one in self.get_source_expressions())
        return f"(julianday({later[0]}) - julianday({earlier[0]}))", (*later[1], *earlier[1])


def worst(plan: Plan, today: date, most: int) -> set[uuid.UUID]:
    """The ids of at most `3 * most` milestones, among which are those of the plan that slipped furthest since they were
    first promised: of those whose dates say so, of what is overdue, and of what was carried over.

    By calendar days, so that an index gives them however many there are; the caller counts working days.
    """
    rows = plan.milestones.exclude(state=State.CANCELLED).order_by()
    end = Coalesce("actual_on", "forecast_on", "due_on")
    slipped = rows.filter(SLIPPED).order_by(Days(end, F("baseline_on")).desc())
    overdue = _oldest(rows.filter(state__in=OPEN_STATES, due_on__lt=today).order_by("baseline_on"), most)
    carried = rows.filter(carried_from__isnull=False).order_by(end.desc())
    return {pk for found in (slipped, overdue, carried) for pk in found.values_list("pk", flat=True)[:most]}


def _oldest(rows: MilestoneQuerySet, most: int) -> MilestoneQuerySet:
    """An index of dates tells the last promise of the first ones; only these are looked up for their ids."""
    last = Subquery(rows.values("baseline_on")[most - 1 : most])
    return rows.filter(baseline_on__lte=Coalesce(last, Value(date.max, DateField())))


def first_promises(milestones: Iterable[uuid.UUID]) -> dict[uuid.UUID, FirstPromise]:
    """Of those that were carried over, by id; whoever is not in it was first promised as its own baseline says.

    Two queries, however many milestones and however long their chains.
    """
    firsts = _firsts(list(milestones))
    rows = Milestone.objects.filter(pk__in={pk for pk, _times in firsts.values()}).select_related("plan")
    found = {row.pk: row for row in rows} if firsts else {}
    return {
        pk: FirstPromise(fuzzy(found[first].baseline_on, found[first].baseline_precision), found[first].plan, times)  # type: ignore[arg-type]
        for pk, (first, times) in firsts.items()
    }


def _firsts(ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, int]]:
    """By id the first of its chain and how many steps it is away."""
    carried = Milestone.objects.filter(pk__any_of=ids, carried_from__isnull=False).order_by()
    seeds, params = carried.values_list("pk", "carried_from_id").query.sql_with_params()
    sql = f"""
        WITH RECURSIVE chain(start, id, times) AS (
            SELECT s.*, 1 FROM ({seeds}) AS s
            UNION ALL
            SELECT chain.start, m.carried_from_id, chain.times + 1 FROM chain JOIN {TABLE} m ON m.id = chain.id
            WHERE m.carried_from_id IS NOT NULL
        ) SELECT chain.start, chain.id, chain.times FROM chain JOIN {TABLE} m ON m.id = chain.id
        WHERE m.carried_from_id IS NULL
    """  # noqa: S608 - a table of ours
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return {_uuid(start): (_uuid(first), times) for start, first, times in rows}


def _uuid(value: object) -> uuid.UUID:
    """SQLite keeps them as text."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
