"""What must one see to decide: what is asked and why, its dates, how far it is, what came before, what hangs on it?"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import access, wording
from milestones.actors import Actor
from milestones.changes import health_words
from milestones.extensions import rules
from milestones.models import Evidence, EvidenceState, Extension, ExtensionState, Milestone, StatusReport
from milestones.planning import ripples
from milestones.status_reports import queries
from milestones.web.approving import CLOSEOUT, EVIDENCE, EXTENSION, REPORT, Kind
from milestones.web.forms.approvals import ApprovalForm
from milestones.web.moment import Moment
from milestones.web.presenters import words
from milestones.web.presenters.axis import Axis, axis
from milestones.workdays import FuzzyDate

KNOCKED_SHOWN = 12


@dataclass(frozen=True)
class DateFact:
    """One of the dates; `glyph` names its mark, `value` None says `none_yet`."""

    glyph: str
    label: str
    value: FuzzyDate | None
    note: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Text:
    label: str
    text: str


@dataclass(frozen=True)
class Proof:
    row: Evidence
    url: str
    preview: str
    note: str


@dataclass(frozen=True)
class Earlier:
    """A request for a later date that was decided before."""

    old: FuzzyDate
    new: FuzzyDate
    state: str
    by: str
    on: date | None
    note: str


@dataclass(frozen=True)
class Knocked:
    """A milestone that waits for this one and would be later by `days` working days; `to` is when it could be."""

    milestone: Milestone
    to: FuzzyDate
    days: str
    because: str


@dataclass(frozen=True)
class Item:
    """One decision on one screen. `slip` is what the date would move by, `answer` how long it has been waiting."""

    kind: Kind
    obj: Any
    milestone: Milestone
    is_open: bool
    asked_by: str
    asked_at: datetime
    on_behalf: bool
    answer: str
    is_late: bool
    old: FuzzyDate | None
    new: FuzzyDate | None
    slip: str
    crosses: bool
    progress: int | None
    progress_note: str
    health: str
    dates: list[DateFact]
    axis: Axis | None
    texts: list[Text]
    proofs: list[Proof]
    earlier: list[Earlier]
    knocked: list[Knocked]
    knocked_more: int
    decided: str
    form: ApprovalForm

    @property
    def url(self) -> str:
        """Where it is decided, and shown alone."""
        return reverse("approval", args=[self.kind.name, self.obj.pk])

    @property
    def problems(self) -> list[str]:
        """Why it was refused, but for what stands at the field."""
        return [str(one) for one in self.form.non_field_errors()] if self.form.is_bound else []

    def with_form(self, form: ApprovalForm) -> Item:
        return replace(self, form=form)

    @property
    def anchor(self) -> str:
        return f"{self.kind.name}-{self.obj.pk}"


@dataclass(frozen=True)
class First:
    """Who changed it while the reader was deciding; the item shows it as it is now."""

    who: str
    when: datetime | None


@dataclass
class _Around:
    """What is known of all milestones on the page, asked for once."""

    latest: dict[Any, StatusReport]
    earlier: dict[Any, list[Extension]]
    proofs: dict[Any, list[Evidence]]
    net: ripples.Net | None


def items(found: Sequence[tuple[Kind, Any]], actor: Actor, at: Moment) -> list[Item]:
    """A constant number of queries."""
    around = _around(found, actor)
    return [_item(kind, obj, around, at) for kind, obj in found]


def item(kind: Kind, obj: Any, actor: Actor, at: Moment) -> Item:
    return items([(kind, obj)], actor, at)[0]


def milestone_of(kind: Kind, obj: Any) -> Milestone:
    found: Milestone = obj if kind is CLOSEOUT else obj.milestone
    return found


def _around(found: Sequence[tuple[Kind, Any]], actor: Actor) -> _Around:
    milestones = {milestone_of(*pair).pk: milestone_of(*pair) for pair in found}
    asked = [obj.milestone_id for kind, obj in found if kind is EXTENSION]
    shown = [obj.pk for kind, obj in found if kind is CLOSEOUT]
    prefetch_related_objects(list(milestones.values()), "parties")
    around = _Around(queries.latest(milestones), defaultdict(list), defaultdict(list), None)
    if asked:
        decided = Extension.objects.filter(milestone__id__any_of=asked).exclude(state=ExtensionState.REQUESTED)
        for row in decided.select_related("decided_by").order_by("-requested_at", "-id"):
            around.earlier[row.milestone_id].append(row)
        around.net = ripples.around(asked, actor)
    if shown:
        pieces = Evidence.objects.filter(milestone__id__any_of=shown).exclude(state=EvidenceState.WITHDRAWN)
        for piece in access.visible(pieces, actor).order_by("created_at", "id"):
            around.proofs[piece.milestone_id].append(piece)
    return around


def _item(kind: Kind, obj: Any, around: _Around, at: Moment) -> Item:
    milestone = milestone_of(kind, obj)
    today = at.today(milestone.plan.zone)
    is_request = kind is EXTENSION
    new = obj.due if is_request else None
    asked_at, asked_by, client, on_behalf = _asked(kind, obj)
    knocked = _knocked(milestone, new, around.net) if new is not None else []
    progress, progress_note = _progress(kind, obj, around.latest.get(milestone.pk))
    return Item(
        kind=kind,
        obj=obj,
        milestone=milestone,
        is_open=obj.state == kind.waits and milestone.plan.is_active,
        asked_by=_name(asked_by, client),
        asked_at=asked_at,
        on_behalf=on_behalf,
        answer=_answer(obj, today, at) if is_request else _since(asked_at, milestone, today, at),
        is_late=is_request and obj.decide_by < today,
        old=obj.old if is_request else None,
        new=new,
        slip=words.slip(rules.slip(obj.old, obj.due, at.calendar)) if is_request else "",
        crosses=new is not None and new.on > milestone.plan.ends_on,
        progress=progress,
        progress_note=progress_note,
        health=health_words.reason(milestone.health_reason, year=milestone.plan.year) if milestone.health else "",
        dates=_dates(kind, milestone, today, at),
        axis=_axis(milestone, new, today) if new else axis(milestone, today) if kind is CLOSEOUT else None,
        texts=_texts(kind, obj, milestone),
        proofs=_proofs(kind, obj, around.proofs),
        earlier=[_earlier(one, milestone) for one in around.earlier[milestone.pk] if one.pk != obj.pk],
        knocked=knocked[:KNOCKED_SHOWN],
        knocked_more=max(0, len(knocked) - KNOCKED_SHOWN),
        decided=_decided(kind, obj),
        form=ApprovalForm(kind, obj),
    )


def _asked(kind: Kind, obj: Any) -> tuple[datetime, Any, str, bool]:
    match kind.name:
        case EXTENSION.name:
            return obj.requested_at, obj.requested_by, obj.requested_client, obj.on_behalf
        case CLOSEOUT.name:
            return obj.submitted_at or obj.updated_at, obj.submitted_by, obj.submitted_client, False
        case REPORT.name:
            return obj.submitted_at or obj.created_at, obj.author, "", obj.on_behalf
    return obj.created_at, obj.added_by, "", False


def _name(person: Any, client: str) -> str:
    if person is None:
        return client or _("a system")
    unit = str(person.organisation) if person.organisation_id else ""
    return " ".join(part for part in (unit, person.display_name) if part)


def _answer(asked: Extension, today: date, at: Moment) -> str:
    """“Answer by November 27, in 2 working days”, “Answer was due on …, 2 working days ago”."""
    day = wording.day(asked.decide_by, year=asked.milestone.plan.year)
    if today > asked.decide_by:
        n = at.calendar.count(asked.decide_by, today)
        said = ngettext(
            "The answer was due on %(day)s, %(n)s working day ago",
            "The answer was due on %(day)s, %(n)s working days ago",
            n,
        )
        return said % {"day": day, "n": n}
    n = at.calendar.count(today, asked.decide_by)
    if not n:
        return _("Answer today, %(day)s") % {"day": day}
    said = ngettext("Answer by %(day)s, in %(n)s working day", "Answer by %(day)s, in %(n)s working days", n)
    return said % {"day": day, "n": n}


def _since(asked_at: datetime, milestone: Milestone, today: date, at: Moment) -> str:
    n = at.calendar.count(asked_at.astimezone(milestone.plan.zone).date(), today)
    if n <= 0:
        return _("waiting since today")
    return ngettext("waiting for %(n)s working day", "waiting for %(n)s working days", n) % {"n": n}


def _progress(kind: Kind, obj: Any, last: StatusReport | None) -> tuple[int | None, str]:
    """What the request or report says, and what was said before it."""
    own = obj.progress if kind in (EXTENSION, REPORT) else last.progress if last else None
    if last is None or last.pk == obj.pk:
        return own, ""
    year = last.as_of.year
    told = _("%(progress)s per cent reported as of %(day)s")
    return own, told % {"progress": last.progress, "day": wording.day(last.as_of, year=year)}


def _dates(kind: Kind, milestone: Milestone, today: date, at: Moment) -> list[DateFact]:
    due = milestone.due
    ends = milestone.actual or milestone.forecast
    found = [
        DateFact("baseline", _("First promise"), milestone.baseline),
        DateFact("due", _("Due"), due, words.until(today, due, at.calendar), today > due.on),
        DateFact("forecast", _("Forecast"), milestone.forecast),
    ]
    if kind is CLOSEOUT:
        found.append(DateFact("actual", _("Actual"), milestone.actual))
    if ends is None or ends.on == due.on:
        return found
    late = words.slip(at.calendar.count(due.on, ends.on))
    place = 3 if kind is CLOSEOUT and milestone.actual else 2
    note = _("%(slip)s than due") % {"slip": late}
    found[place] = replace(found[place], note=note, is_late=ends.on > due.on)
    return found


def _axis(milestone: Milestone, asked: FuzzyDate, today: date) -> Axis:
    """With the date that is asked for where a forecast would stand."""
    moved = copy.copy(milestone)
    moved.forecast_on, moved.forecast_precision = asked.on, str(asked.precision)
    drawn = axis(moved, today)
    glyphs = [replace(one, label=_("asked for")) if one.name == "forecast" else one for one in drawn.glyphs]
    return replace(drawn, glyphs=glyphs)


def _texts(kind: Kind, obj: Any, milestone: Milestone) -> list[Text]:
    match kind.name:
        case EXTENSION.name:
            found = [(_("Why more time is needed"), obj.reason), (_("What counts as done"), milestone.criterion)]
        case CLOSEOUT.name:
            found = [(_("What counts as done"), milestone.criterion), (_("Statement"), milestone.statement)]
        case REPORT.name:
            found = [
                (_("Done since the last report"), obj.done),
                (_("What stands in the way"), obj.obstacles),
                (_("Help that is needed"), obj.help_needed),
            ]
        case _evidence:
            found = [(_("What counts as done"), milestone.criterion)]
    return [Text(label, text) for label, text in found if text]


def _proofs(kind: Kind, obj: Any, proofs: dict[Any, list[Evidence]]) -> list[Proof]:
    if kind is EVIDENCE:
        return [_proof(obj)]
    return [_proof(piece) for piece in proofs[obj.pk]] if kind is CLOSEOUT else []


def _proof(piece: Evidence) -> Proof:
    url = reverse("evidence_file", args=[piece.pk]) if piece.is_file else piece.url
    preview = reverse("evidence_preview", args=[piece.pk]) if piece.has_preview else ""
    size = filesizeformat(piece.size) if piece.size is not None else _("a link")
    note = f"{size} · {piece.reason}" if piece.reason and not piece.stands else size
    return Proof(piece, url, preview, note)


def _earlier(one: Extension, milestone: Milestone) -> Earlier:
    by = str(one.decided_by) if one.decided_by else one.decided_client
    on = one.decided_at.astimezone(milestone.plan.zone).date() if one.decided_at else None
    return Earlier(one.old, one.due, str(one.get_state_display()), by, on, one.note)


def _knocked(milestone: Milestone, new: FuzzyDate, net: ripples.Net | None) -> list[Knocked]:
    if net is None:
        return []
    return [
        Knocked(one.milestone, one.delay.to, words.slip(one.delay.days), one.because.code)
        for one in net.if_expected(milestone, due=new)
    ]


def _decided(kind: Kind, obj: Any) -> str:
    """What became of it, for who comes after somebody else; empty while it waits."""
    if obj.state == kind.waits:
        return ""
    person = obj.verified_by if kind is CLOSEOUT else obj.decided_by
    state = obj.get_state_display()
    return _("%(state)s by %(who)s") % {"state": state, "who": person} if person else str(state)
