"""What is there to say about one milestone, and what can its reader do next?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.models import ChangeEntry, HealthOverride, Milestone, PartyRole
from milestones.planning.proof import NEEDS_EVIDENCE
from milestones.planning.timeline import timeline
from milestones.web.facts import Fact
from milestones.web.forms.talking import CommentForm
from milestones.web.moment import Moment
from milestones.web.presenters import changes
from milestones.web.presenters.axis import Axis, axis
from milestones.web.presenters.dates import DateColumn, date_columns
from milestones.web.presenters.evidence import Piece, pieces
from milestones.web.presenters.extensions import Line as Asked
from milestones.web.presenters.extensions import extensions
from milestones.web.presenters.health import Story, story
from milestones.web.presenters.next_step import Next, next_step
from milestones.web.presenters.noticed import Line as Noticed
from milestones.web.presenters.noticed import notices
from milestones.web.presenters.reminders import Reminders, reminders
from milestones.web.presenters.reports import Reports, reports
from milestones.web.presenters.talk import Talk, talk
from milestones.web.presenters.ties import Ties, ties
from milestones.web.presenters.verdict import fact_of, notes, verdict

CHANGES_SHOWN, WHOLE_HISTORY = 25, 1000
UNTOLD = ("report.write",)  # a draft is its author's until it is submitted; it saves itself many times


@dataclass(frozen=True)
class PartyLine:
    label: str
    name: str
    note: str


@dataclass(frozen=True)
class Page:
    milestone: Milestone
    year: int
    fact: Fact
    verdict: str
    health: Story | None
    notes: list[str]
    parties: list[PartyLine]
    dates: list[DateColumn]
    axis: Axis
    reports: Reports
    evidence: list[Piece]
    needs_evidence: bool
    extensions: list[Asked]
    reads_inner: bool
    reminders: Reminders
    ties: Ties
    notices: list[Noticed]
    talk: Talk
    history: list[changes.Line]
    has_more_history: bool
    next: Next
    source: str


def page(
    milestone: Milestone, actor: Actor, at: Moment, *, comment: CommentForm | None = None, whole_history: bool = False
) -> Page:
    """`comment` is one that was refused, with what was typed."""
    assert actor.person is not None, "a page for nobody"
    today, year = at.today(milestone.plan.zone), milestone.plan.year
    fact, evidence, reported = fact_of(milestone, at), pieces(milestone, actor), reports(milestone, actor, at)
    asked, tied, noticed = extensions(milestone, actor, at), ties(milestone, actor), notices(milestone, actor, at)
    said = talk(milestone, actor, comment)
    told: list[Any] = [*evidence, *reported.lines, *reported.earlier, *asked, *noticed, *said.lines]
    entries = _whole(milestone, actor) if whole_history else _recent(milestone, [one.row.pk for one in told])
    shown = entries if whole_history else entries[:CHANGES_SHOWN]
    return Page(
        milestone=milestone,
        year=year,
        fact=fact,
        verdict=verdict(milestone, fact, today, at.calendar),
        health=story(milestone, at, actor),
        notes=notes(milestone, actor, at.calendar),
        parties=_parties(milestone),
        dates=date_columns(milestone, today, at.calendar),
        axis=axis(milestone, today),
        reports=reported,
        evidence=evidence,
        needs_evidence=milestone.kind in NEEDS_EVIDENCE,
        extensions=asked,
        reads_inner=any(access.reads_inner_matters(one, milestone) for one in actor.selves()),
        reminders=reminders(milestone, actor, at),
        ties=tied,
        notices=noticed,
        talk=said,
        history=changes.lines(shown, year=year),
        has_more_history=len(entries) > len(shown),
        next=next_step(milestone, actor, reported, asked, [piece.row for piece in evidence if piece.row.stands]),
        source=_source(milestone),
    )


def _recent(milestone: Milestone, hanging: list[Any]) -> list[ChangeEntry]:
    """Newest first, of the milestone and of what the page shows of it."""
    overrides = HealthOverride.objects.filter(milestone=milestone).values_list("pk", flat=True)
    about = {
        "entity__in": ["milestone", "evidence", "statusreport", "extension", "notice", "comment", "healthoverride"],
        "object_id__in": [milestone.pk, *hanging, *overrides],
    }
    rows = ChangeEntry.objects.filter(**about).exclude(verb__in=UNTOLD)
    return list(rows.order_by("-id")[: CHANGES_SHOWN + 1])


def _whole(milestone: Milestone, actor: Actor) -> list[ChangeEntry]:
    rows = timeline(milestone, actor).exclude(verb__in=UNTOLD)
    return list(rows.order_by("-id")[:WHOLE_HISTORY])


def _parties(milestone: Milestone) -> list[PartyLine]:
    owner = milestone.accountable
    lines = [
        PartyLine(_("Lead"), str(milestone.lead) if milestone.lead else _("none"), ""),
        PartyLine(_("Owner"), str(owner) if owner else _("nobody yet"), "" if owner else _("unassigned")),
    ]
    for party in milestone.parties.all():
        name = str(party.organisation)
        lines.append(PartyLine(str(PartyRole(party.role).label), name, str(party.person) if party.person else ""))
    return lines


def _source(milestone: Milestone) -> str:
    """The sentence of the published text where the plan holds that text, else which document and where in it."""
    start, end, text = milestone.source_start, milestone.source_end, milestone.plan.source_document
    if start is None or end is None or not text:
        return ""
    if end <= len(text):
        return text[start:end].strip()
    return _("%(document)s, characters %(start)s to %(end)s") % {"document": text, "start": start + 1, "end": end}
