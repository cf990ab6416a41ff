"""What are the numbers of each organisation? The same few queries, however many milestones there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from milestones.mail.bulletin import Counts, Unit, Worst
from milestones.models import (
    OPEN_NOTICES,
    OPEN_STATES,
    Extension,
    ExtensionState,
    Health,
    Milestone,
    Notice,
    NoticeState,
    Organisation,
    Plan,
    State,
    StatusReport,
)
from milestones.status_reports import queries
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, Precision

from .rules import WORST, Week, worst_first

Numbers = Mapping[Any, Mapping[str, int]]  # by the organisation's id, None for what nobody leads
CHUNK = 2000


def units(week: Week, today: date, days: Calendar) -> list[Unit]:
    """Every organisation of which there is something to tell, the worst first."""
    found: dict[Any, Counts] = defaultdict(Counts)
    for numbers in (_milestones(week, today), _notices(week, today), _extensions(week), _missing(today, days)):
        for unit, some in numbers.items():
            found[unit] += Counts(**some)
    names = {unit.pk: str(unit) for unit in Organisation.objects.filter(pk__in=[pk for pk in found if pk])}
    worst = _worst(today, days)
    told = [Unit(pk, names.get(pk, ""), counts, tuple(worst.get(pk, ()))) for pk, counts in found.items()]
    return sorted(told, key=worst_first)


def _milestones(week: Week, today: date) -> Numbers:
    open_, done = Q(state__in=OPEN_STATES), Q(state=State.COMPLETED)
    rows = Milestone.objects.in_active_plans().exclude(state=State.CANCELLED)
    return _by_unit(
        rows,
        "lead",
        total=Q(),
        done=done & _within("verified_at", week.since, week.day),
        done_before=done & _within("verified_at", week.before, week.since),
        due_next=open_ & Q(due_on__gte=today, due_on__lte=week.until),
        overdue=open_ & Q(due_on__lt=today),
        fresh=open_ & Q(due_on__gte=week.since, due_on__lt=today),
        red=Q(health=Health.RED),
        yellow=Q(health=Health.YELLOW),
        made_up=Q(health=Health.MADE_UP),
    )


def _notices(week: Week, today: date) -> Numbers:
    """A notice is answered late when its answer came after the day by which it was asked for."""
    open_, since = Q(state__in=OPEN_NOTICES), _within("replied_at", week.since, week.day)
    answered_late = Q(state=NoticeState.REPLIED, replied_at__date__gt=F("respond_by")) & since
    return _by_unit(
        Notice.objects.filter(milestone__plan__state="active").exclude(state=NoticeState.CANCELLED),
        "organisation",
        notices_issued=Q(issued_on__gte=week.since, issued_on__lt=week.day),
        notices_before=Q(issued_on__gte=week.before, issued_on__lt=week.since),
        notices_open=open_,
        notices_late=(open_ & Q(respond_by__lt=today)) | answered_late,
    )


def _extensions(week: Week) -> Numbers:
    granted = Q(state=ExtensionState.APPROVED)
    return _by_unit(
        Extension.objects.filter(milestone__plan__state="active"),
        "milestone__lead",
        asked=_within("requested_at", week.since, week.day),
        asked_before=_within("requested_at", week.before, week.since),
        granted=granted & _within("decided_at", week.since, week.day),
        granted_before=granted & _within("decided_at", week.before, week.since),
    )


def _missing(today: date, days: Calendar) -> Numbers:
    """Reports whose day passed and that neither came nor were made good by a later one."""
    plans = {plan.pk: plan for plan in Plan.objects.active()}
    newest = StatusReport.objects.reported().filter(milestone=OuterRef("pk")).order_by(*queries.NEWEST)
    rows = queries.expected_of().annotate(last=Subquery(newest.values("as_of")[:1])).order_by()
    found: dict[Any, dict[str, int]] = defaultdict(lambda: {"missing": 0})
    columns = ("lead_id", "plan_id", "due_on", "created_at", "last")
    for lead, plan, due_on, created_at, last in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        if plan in plans and queries.schedule_of(plans[plan], due_on, created_at, days).missed(last, today):
            found[lead]["missing"] += 1
    return found


def _worst(today: date, days: Calendar) -> Mapping[Any, list[Worst]]:
    """Of each organisation those longest overdue, then those that are red before their day."""
    grave = Q(state__in=OPEN_STATES) & (Q(due_on__lt=today) | Q(health=Health.RED))
    place = Window(RowNumber(), partition_by="lead", order_by=["due_on", "code", "id"])
    rows = Milestone.objects.in_active_plans().filter(grave).annotate(place=place).filter(place__lte=WORST)
    found: dict[Any, list[Worst]] = defaultdict(list)
    for lead, *row in rows.order_by("place").values_list("lead_id", *COLUMNS):
        found[lead].append(_named(today, days, *row))
    return found


COLUMNS = ("code", "title", "title_en", "plan__code", "plan__year", "due_on", "due_precision")


def _named(
    today: date, days: Calendar, code: str, title: str, title_en: str, plan: str, year: int, on: date, precision: str
) -> Worst:
    over = days.count(on, today) if on < today else None
    return Worst(code, title, title_en, plan, year, FuzzyDate(on, Precision(precision)), over)


def _by_unit(rows: QuerySet[Any], unit: str, **what: Q) -> Numbers:
    """How many rows of each organisation meet each condition."""
    counts = {name: Count("pk", filter=condition) if condition else Count("pk") for name, condition in what.items()}
    return {row.pop(unit): row for row in rows.order_by().values(unit).annotate(**counts)}


def _within(column: str, first: date, after: date) -> Q:
    """An instant on one of the days [first, after), on the installation's clock."""
    zone = timezone.get_default_timezone()
    begins, ends = (datetime.combine(day, time.min, zone) for day in (first, after))
    return Q(**{f"{column}__gte": begins, f"{column}__lt": ends})
