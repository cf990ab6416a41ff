"""What waits for this reader today?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import access
from milestones.actors import Actor
from milestones.models import Milestone, Person, State
from milestones.models.milestones import MilestoneQuerySet
from milestones.web.facts import SOON_WORKING_DAYS, Fact, Window
from milestones.web.moment import Moment
from milestones.web.presenters.rows import Row, rows

SHOWN = 100
SHOWN_OF_OFFICE = 15


@dataclass(frozen=True)
class Work:
    """`rest` are the open ones that are the reader's and not near; `waiting` are in the verifier's hands.

    `deputised` are those of whom the reader stands in for today.
    `to_verify`, `late` and `unassigned` are the office's, of all plans, with their totals; empty for everybody else.
    """

    verdict: list[str]
    overdue: list[Row]
    soon: list[Row]
    rest: list[Row]
    waiting: list[Row]
    deputised: list[Row]
    to_verify: list[Row]
    to_verify_total: int
    late: list[Row]
    late_total: int
    unassigned: list[Row]
    unassigned_total: int
    is_office: bool
    more: int
    soon_days: int = SOON_WORKING_DAYS

    @property
    def is_empty(self) -> bool:
        return not (self.overdue or self.soon or self.rest or self.waiting)


def work(actor: Actor, at: Moment, absent: Sequence[Person] = ()) -> Work:
    """`absent` are the people whose deputy the reader is today."""
    person = actor.person
    assert person is not None, "the work of nobody"
    window = Window.of(at.today(), at.calendar)

    def lines(queryset: Iterable[Milestone]) -> list[Row]:
        return rows(queryset, actor=actor, window=window, calendar=at.calendar)

    everything = access.visible(Milestone.objects.in_active_plans().open(), person)
    found = _with_names(everything.filter(access.led_by_viewer(person)))[: SHOWN + 1]
    mine = lines(found)
    is_office = access.is_office(person)
    totals = _totals(everything, window) if is_office else {"to_verify": 0, "unassigned": 0, "late": 0}
    to_verify = _with_names(everything.filter(state=State.SUBMITTED))[:SHOWN_OF_OFFICE] if is_office else []
    unassigned = _with_names(everything.unassigned())[:SHOWN_OF_OFFICE] if is_office else []
    late = _with_names(everything.overdue(window.today))[:SHOWN_OF_OFFICE] if is_office else []
    theirs = everything.filter(reduce(or_, map(access.led_by_viewer, absent))) if absent else everything.none()
    others = _with_names(theirs.exclude(access.led_by_viewer(person)).exclude(state=State.SUBMITTED))[:SHOWN]
    waiting = [row for row in mine[:SHOWN] if row.milestone.state == State.SUBMITTED]
    active = [row for row in mine[:SHOWN] if row.milestone.state != State.SUBMITTED]
    overdue = [row for row in active if row.fact is Fact.OVERDUE]
    soon = [row for row in active if row.fact is Fact.SOON]
    return Work(
        verdict=_verdict(len(overdue), soon, len(active), totals, is_office, window),
        overdue=overdue,
        soon=soon,
        rest=[row for row in active if row.fact not in (Fact.OVERDUE, Fact.SOON)],
        waiting=waiting,
        deputised=lines(others) if absent else [],
        to_verify=lines(to_verify),
        to_verify_total=totals["to_verify"],
        late=lines(late),
        late_total=totals["late"],
        unassigned=lines(unassigned),
        unassigned_total=totals["unassigned"],
        is_office=is_office,
        more=max(0, len(mine) - SHOWN),
    )


def _with_names(queryset: MilestoneQuerySet) -> MilestoneQuerySet:
    related = queryset.select_related("plan", "workstream", "lead", "accountable")
    return related.order_by("due_on", "code")


def _totals(everything: MilestoneQuerySet, window: Window) -> dict[str, int]:
    return everything.aggregate(
        to_verify=Count("pk", filter=Q(state=State.SUBMITTED)),
        unassigned=Count("pk", filter=Q(accountable__isnull=True)),
        late=Count("pk", filter=Q(due_on__lt=window.today)),
    )


def _verdict(
    overdue: int, soon: list[Row], mine: int, totals: dict[str, int], is_office: bool, window: Window
) -> list[str]:
    """One or two sentences, as HTML-free text."""
    said = [_office(totals)] if is_office else []
    today = sum(1 for row in soon if row.milestone.due_on == window.today)
    later = len(soon) - today
    parts = []
    if overdue:
        parts.append(ngettext("%(n)s is overdue", "%(n)s are overdue", overdue) % {"n": overdue})
    if today:
        parts.append(ngettext("%(n)s is due today", "%(n)s are due today", today) % {"n": today})
    if later:
        words = ngettext("%(n)s is due within 7 working days", "%(n)s are due within 7 working days", later)
        parts.append(words % {"n": later})
    if parts:
        said.append(_("Of what is yours, %(parts)s.") % {"parts": _(", ").join(parts)})
    elif mine:
        words = ngettext(
            "Nothing of yours is due in the next 7 working days; %(n)s milestone is open.",
            "Nothing of yours is due in the next 7 working days; %(n)s milestones are open.",
            mine,
        )
        said.append(words % {"n": mine})
    elif not is_office:
        said.append(_("No open milestone is yours."))
    return said


def _office(totals: dict[str, int]) -> str:
    waiting, nobody, late = totals["to_verify"], totals["unassigned"], totals["late"]
    if not (waiting or nobody or late):
        return _("Nothing waits for verification, none is overdue, and every open milestone has an owner.")
    parts = []
    if waiting:
        parts.append(ngettext("%(n)s waits for verification", "%(n)s wait for verification", waiting) % {"n": waiting})
    if nobody:
        parts.append(ngettext("%(n)s has no owner", "%(n)s have no owner", nobody) % {"n": nobody})
    if late:
        parts.append(ngettext("%(n)s is overdue", "%(n)s are overdue", late) % {"n": late})
    return _("In the active plans %(parts)s.") % {"parts": _(", ").join(parts)}
