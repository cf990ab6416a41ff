"""How does the health of every open milestone follow time, and the milestones it depends on?

Each has a `NextAssessment`: the beginning of its plan's next day, or now when something moved. The job takes what is
due in chunks of their own transaction. It waits for nobody while it holds rows (those of a verb at work are left for
the next run), so that neither two jobs nor a job and a verb can hold each other up.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from milestones.changes import record
from milestones.changes.heartbeat import beat
from milestones.models import (
    OPEN_STATES,
    Dependency,
    Health,
    Heartbeat,
    Milestone,
    NextAssessment,
    NextLook,
    PlanState,
)
from milestones.workdays.calendar import Calendar

from . import health_loading, health_storing
from .assessment import ASSESSOR, CHUNK, VERB
from .calendars import calendar

NAME = "assess"
NEWS = timedelta(days=7)  # a job that did not run for longer lets the sweep hear of it at the milestone's next step


def assess(now: datetime) -> int:
    """Bring up to date what is due as at `now`; how many milestones changed."""
    days = calendar()
    known = _wake_for_new_calendar(days, now)
    changed = _all_due(days, now)
    _wake_disagreeing(now)
    changed += _all_due(days, now)
    beat(NAME, now, note=known)
    return changed


def _all_due(days: Calendar, now: datetime) -> int:
    changed, more, told = 0, True, set[Any]()
    while more:
        some, more = _chunk(days, now, told)
        changed += some
    return changed


def _chunk(days: Calendar, now: datetime, told: set[Any]) -> tuple[int, bool]:
    """Assess one chunk; how many changed, and whether there may be more.

    Of what fell behind its pace the reminder sweep is told, and that is in `told` then. It may have to be waited for,
    which the job does not do while it holds rows: so afterwards, and what it is told of stays due until then. Should
    this end in between, the next run does it again.
    """
    with record.writing(actor=ASSESSOR, now=now):
        due = NextAssessment.objects.due(now).order_by("at").select_for_update(skip_locked=True, of=("self",))
        taken = list(due.values_list("pk", flat=True)[:CHUNK])
        rows = health_storing.load(_held(taken))
        stale = health_storing.stale(rows, days, now)
        changed = health_storing.store(stale, ASSESSOR, VERB, now)
        news = _behind(rows, stale, now) - told
        _sleep([row for row in rows if row["pk"] not in news], now)
    if news:
        NextLook.objects.wake(Milestone.objects.open().in_active_plans().filter(pk__any_of=list(news)), now)
        told |= news
    return changed, bool(news) or (len(taken) == CHUNK and bool(rows))


def _behind(rows: list[dict[str, Any]], stale: list[health_storing.Stale], now: datetime) -> set[Any]:
    """Those that fell behind in these days, now or known before."""
    since = {row["pk"]: row["behind_since"] for row in rows} | {one.row["pk"]: one.behind_since for one in stale}
    return {pk for pk, day in since.items() if day is not None and day >= now.date() - NEWS}


def _held(taken: list[Any]) -> list[Any]:
    """Those that no verb is writing at this moment, held until the chunk is through."""
    rows = Milestone.objects.filter(pk__any_of=taken).order_by("pk")
    return list(rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True))


def _sleep(rows: list[dict[str, Any]], now: datetime) -> None:
    """Until the plan's next day; for good, when nothing can happen to it but by a verb."""
    until: dict[datetime | None, list[Any]] = defaultdict(list)
    for row in rows:
        awake = row["state"] in OPEN_STATES and row["plan__state"] == PlanState.ACTIVE
        until[health_loading.tomorrow(row, now) if awake else None].append(row["pk"])
    for at, ids in until.items():
        looks = NextAssessment.objects.filter(milestone__id__any_of=ids)
        looks.delete() if at is None else looks.update(at=at)


def _wake_disagreeing(now: datetime) -> None:
    """Successors whose reason does not fit their predecessor any more: it turned red, or is red no longer.

    Asked of the tables each time instead of told by whoever changes a health: nothing can be missed, and no verb needs
    to hold the rows of other milestones.
    """
    red = Q(predecessor__health=Health.RED, predecessor__state__in=OPEN_STATES)
    dependencies = Dependency.objects.annotate(
        reason=_text("code", "successor__health_reason"),
        named=_text("code", KeyTransform("params", "successor__health_reason")),
        computed=_text("health", KeyTransform("params", "successor__health_reason")),
    )
    beside = Q(reason="override")  # what was computed stands beside it, as a colour without its reason
    disagree = dependencies.filter(
        (Q(reason="on_track") | beside & Q(computed="green")) & red
        | (Q(reason="predecessor_red", named=F("predecessor__code")) | beside & Q(computed="yellow")) & ~red
    )
    woken = Milestone.objects.open().in_active_plans().filter(pk__in=disagree.order_by().values("successor"))
    NextAssessment.objects.wake(woken, now)


def _text(key: str, of: Any) -> Cast:
    """A text inside a JSON column, to be compared with other texts."""
    return Cast(KeyTextTransform(key, of), TextField())


def _wake_for_new_calendar(days: Calendar, now: datetime) -> str:
    """When a working day of last year to the year after next changed, everything is assessed anew; its fingerprint."""
    print_ = days.fingerprint(range(now.year - 1, now.year + 3))
    known = Heartbeat.objects.filter(name=NAME).values_list("note", flat=True).first()
    if known is not None and known != print_:
        NextAssessment.objects.wake(Milestone.objects.open().in_active_plans(), now)
    return print_
