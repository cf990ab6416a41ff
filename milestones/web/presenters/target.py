"""What is there to know of one target: how it stands, every reading with what was corrected, and what changed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from milestones import access
from milestones import wording as dates
from milestones.actors import Actor
from milestones.changes import labels
from milestones.models import ChangeEntry, PlanState, Reading, Target
from milestones.targets import queries, wording
from milestones.targets.course import Course, course
from milestones.targets.figures import Figure, effective
from milestones.targets.pace import Pace
from milestones.targets.pace import pace as pace_of
from milestones.web.presenters import changes
from milestones.web.presenters.target_chart import Chart, chart
from milestones.web.presenters.targets import TargetRow, row, said

CHANGES_SHOWN = 40
SOURCES_SHOWN = 8


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class ReadingRow:
    """`value` was `replaces` before, empty when it corrects nothing; `is_old`: something newer corrects it.

    `expected` and `gap` are those of its own day, empty for what no longer counts.
    """

    reading: Reading
    value: str
    replaces: str
    is_old: bool
    standing: str
    expected: str
    gap: str
    by: str
    may_revise: bool


@dataclass(frozen=True)
class TargetPage:
    target: Target
    row: TargetRow
    facts: list[Fact]
    chart: Chart | None
    readings: list[ReadingRow]
    sources: list[str]
    history: list[changes.Line]
    may_record: bool
    year: int


def page(target: Target, actor: Actor, today: date) -> TargetPage:
    """A constant number of queries."""
    readings = list(target.readings.select_related("revises").order_by("-as_of", "-id"))
    figures = [Figure(one.pk, one.as_of, one.value, one.provisional, one.revises_id) for one in readings]
    promise = queries.promise(target)
    pace = pace_of(promise, figures, today)
    read = effective(figures)
    replaced = {one.revises for one in figures if one.revises}
    way = course(promise, [one for one in read if one.as_of <= promise.last])
    may_record = target.plan.state != PlanState.CLOSED and access.may(actor, "target.record", target)
    old = [one for one in figures if one.id in replaced]
    return TargetPage(
        target=target,
        row=row(target, pace),
        facts=_facts(target, pace),
        chart=chart(target, promise, way, pace, read=read, old=old, today=today) if readings else None,
        readings=[_reading(one, target, way, one.pk in replaced, may_record) for one in readings],
        sources=list(dict.fromkeys(one.source for one in readings))[:SOURCES_SHOWN],
        history=_history(target, readings),
        may_record=may_record,
        year=target.plan.year,
    )


def _facts(target: Target, pace: Pace) -> list[Fact]:
    unit, year = target.unit, target.plan.year
    last = dates.day(target.plan.ends_on, year=year)
    latest = Fact(_("Latest reading"), "—")
    if pace.value is not None and pace.as_of is not None:
        state = _("provisional") if pace.provisional else _("final")
        note = _("to %(day)s, %(state)s") % {"day": dates.day(pace.as_of, year=year), "state": state}
        latest = Fact(_("Latest reading"), wording.figure(pace.value, unit), note)
    band = wording.band(pace, unit)
    note = _("four times in five %(band)s") % {"band": band} + " · " if band else ""
    projection = Fact(
        _("Projection to %(day)s") % {"day": last}, said(pace.projection, unit), note + wording.method(pace, target)
    )
    return [
        Fact(_("Goal"), wording.goal(target), str(target.get_measure_display())),
        latest,
        Fact(_("Attainment"), wording.attainment(pace) or "—", _of_what(target)),
        Fact(
            _("Expected by %(day)s") % {"day": dates.day(pace.on, year=year)},
            said(pace.expected, unit),
            wording.basis(pace, target),
        ),
        Fact(_("Gap"), wording.gap(pace, unit) or "—", _("reading less what is expected by now")),
        projection,
    ]


def _of_what(target: Target) -> str:
    return _("of the limit that is used") if target.bound == "at_most" else _("of the goal")


def _reading(one: Reading, target: Target, way: Course, is_old: bool, may_record: bool) -> ReadingRow:
    then = None if is_old or one.as_of > way.promise.last else way.expected(one.as_of)
    before = one.revises
    return ReadingRow(
        reading=one,
        value=wording.figure(one.value, target.unit),
        replaces=_was(before, one, target) if before is not None else "",
        is_old=is_old,
        standing=_("corrected since") if is_old else _("provisional") if one.provisional else _("final"),
        expected="" if then is None else said(then, target.unit),
        gap="" if then is None else _gap(one, then, target),
        by=labels.who(one.recorded_by),
        may_revise=may_record and not is_old,
    )


def _was(before: Reading, now: Reading, target: Target) -> str:
    """What stood there: the value, or the state or day that was corrected."""
    if before.value != now.value:
        return wording.figure(before.value, target.unit)
    if before.as_of != now.as_of:
        return dates.day(before.as_of, year=target.plan.year)
    return _("provisional") if before.provisional and not now.provisional else wording.figure(before.value, target.unit)


def _gap(one: Reading, then: Any, target: Target) -> str:
    unit = _("points") if target.unit == "%" else target.unit
    gap = one.value - then
    return ("+" if gap > 0 else "") + wording.figure(wording.short(gap), unit)


def _history(target: Target, readings: Sequence[Reading]) -> list[changes.Line]:
    """Of the target and of its readings, newest first; of which target a reading is, the page says."""
    about = Q(entity="target", object_id=target.pk) | Q(entity="reading", object_id__in=[one.pk for one in readings])
    entries = list(ChangeEntry.objects.filter(about).order_by("-id")[:CHANGES_SHOWN])
    whose = str(Reading._meta.get_field("target").verbose_name)
    return [
        replace(line, differences=[one for one in line.differences if one.label != whose])
        for line in changes.lines(entries, year=target.plan.year)
    ]
