"""What waits for this reader's decision, oldest first, and what of theirs waits for others?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from milestones import access
from milestones.actors import Actor
from milestones.models import Extension, Milestone, ReportState, State, StatusReport
from milestones.web import waiting
from milestones.web.approving import CLOSEOUT, EVIDENCE, EXTENSION, KINDS, REPORT, Kind
from milestones.web.moment import Moment
from milestones.web.presenters.approval import Item, items

SHOWN = 20
MINE_SHOWN = 20
ASKED_AT = {"extension": "requested_at", "closeout": "submitted_at", "report": "submitted_at", "evidence": "created_at"}


@dataclass(frozen=True)
class KindCount:
    name: str
    label: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class Mine:
    """Something that the reader asked for and others decide on; `answer_by` is empty where nothing says when."""

    what: str
    milestone: Milestone
    since: date
    answer_by: date | None


@dataclass(frozen=True)
class Approvals:
    """`more` are those that follow the items shown, of the `chosen` kind or of all. `decides`: anything may ever wait
    for this reader."""

    items: list[Item]
    kinds: list[KindCount]
    total: int
    more: int
    late: int
    mine: list[Mine]
    decides: bool
    chosen: str


def approvals(actor: Actor, at: Moment, chosen: str = "") -> Approvals:
    """A constant number of queries; `chosen` is the name of one kind, empty for all."""
    asked = waiting.extensions(actor)
    rows: dict[str, QuerySet[Any]] = {
        CLOSEOUT.name: waiting.closeouts(actor),
        REPORT.name: waiting.reports(actor),
        EVIDENCE.name: waiting.evidence(actor),
    }
    counts = {EXTENSION.name: len(asked)} | {name: found.count() for name, found in rows.items()}
    found: list[tuple[Kind, Any]] = [(EXTENSION, one) for one in asked[:SHOWN] if chosen in ("", EXTENSION.name)]
    for name, queryset in rows.items():
        if counts[name] and chosen in ("", name):
            found += [(KINDS[name], one) for one in _oldest(KINDS[name], queryset)]
    found.sort(key=lambda pair: asked_at(*pair))
    total = sum(count for name, count in counts.items() if chosen in ("", name))
    shown = items(found[:SHOWN], actor, at)
    return Approvals(
        items=shown,
        kinds=[KindCount(k.name, str(k.label), counts[k.name], k.name == chosen) for k in KINDS.values()],
        total=total,
        more=max(0, total - len(shown)),
        late=sum(1 for one in asked if one.decide_by < at.today(one.milestone.plan.zone)),
        mine=_mine(actor),
        decides=access.decides(actor),
        chosen=chosen,
    )


def asked_at(kind: Kind, obj: Any) -> datetime:
    found: datetime = getattr(obj, ASKED_AT[kind.name])
    return found


def _oldest(kind: Kind, queryset: QuerySet[Any]) -> Iterable[Any]:
    return queryset.select_related(*kind.near).order_by(ASKED_AT[kind.name], "id")[:SHOWN]


def _mine(actor: Actor) -> list[Mine]:
    person = actor.person
    asked = Extension.objects.open().filter(requested_by=person).select_related("milestone__plan")
    submitted = Milestone.objects.in_active_plans().filter(state=State.SUBMITTED, submitted_by=person)
    reported = StatusReport.objects.filter(author=person, state=ReportState.SUBMITTED).select_related("milestone__plan")
    found = [
        *(_of(EXTENSION, one, one.milestone, one.decide_by) for one in asked[:MINE_SHOWN]),
        *(_of(CLOSEOUT, one, one, None) for one in submitted.select_related("plan")[:MINE_SHOWN]),
        *(_of(REPORT, one, one.milestone, None) for one in reported[:MINE_SHOWN]),
    ]
    return sorted(found, key=lambda one: one.since)


def _of(kind: Kind, obj: Any, milestone: Milestone, answer_by: date | None) -> Mine:
    return Mine(str(kind.label), milestone, asked_at(kind, obj).astimezone(milestone.plan.zone).date(), answer_by)
