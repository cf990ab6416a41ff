"""What is there to say about one milestone, and what can its reader do next?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from milestones import access, wording
from milestones.actors import Actor
from milestones.changes import health_words
from milestones.models import ChangeEntry, Milestone, PartyRole
from milestones.planning.proof import NEEDS_EVIDENCE
from milestones.web.actions import Action, obvious, offered
from milestones.web.facts import Fact, Window
from milestones.web.forms.acts import ActForm
from milestones.web.moment import Moment
from milestones.web.presenters import changes, words
from milestones.web.presenters.axis import Axis, axis
from milestones.web.presenters.dates import DateColumn, counts_as, date_columns, short_day
from milestones.web.presenters.evidence import Piece, pieces
from milestones.web.presenters.reminders import ReminderLine, reminder_lines
from milestones.workdays import Calendar

CHANGES_SHOWN = 50


@dataclass(frozen=True)
class PartyLine:
    label: str
    name: str
    note: str


@dataclass
class Offer:
    """An action with its form; `is_open` when the reader asked for it or must correct it."""

    action: Action
    form: ActForm
    is_open: bool = False
    problem: Any = None


@dataclass(frozen=True)
class Page:
    milestone: Milestone
    year: int
    fact: Fact
    verdict: str
    health: str
    notes: list[str]
    parties: list[PartyLine]
    dates: list[DateColumn]
    axis: Axis
    evidence: list[Piece]
    needs_evidence: bool
    reminders: list[ReminderLine]
    history: list[changes.Line]
    next: Offer | None
    others: list[Offer]
    nothing_to_do: str
    refused: str = ""


def page(milestone: Milestone, actor: Actor, at: Moment, *, asked: Offer | None = None, opened: str = "") -> Page:
    """`asked` is an action that was refused, with what was typed; `opened` the one whose form is to stand open."""
    assert actor.person is not None, "a page for nobody"
    today, plan = at.today(milestone.plan.zone), milestone.plan
    fact = Window.of(today, at.calendar).fact(milestone.state, milestone.due_on, milestone.actual_on)
    actions = offered(milestone, actor)
    first = obvious(milestone, actions)
    offers = {action.name: _offer(action, milestone, asked, opened) for action in actions}
    evidence = pieces(milestone, actor)
    return Page(
        milestone=milestone,
        year=plan.year,
        fact=fact,
        verdict=_verdict(milestone, fact, today, at.calendar),
        health=health_words.reason(milestone.health_reason, year=plan.year),
        notes=[*_notes(milestone, today, at.calendar), *_carried(milestone, actor)],
        parties=_parties(milestone),
        dates=date_columns(milestone, today, at.calendar),
        axis=axis(milestone, today),
        evidence=evidence,
        needs_evidence=milestone.kind in NEEDS_EVIDENCE,
        reminders=reminder_lines(milestone, today, actor.person),
        history=changes.lines(list(_history(milestone, evidence)), year=plan.year),
        next=offers[first.name] if first else None,
        others=[offer for name, offer in offers.items() if not first or name != first.name],
        nothing_to_do=_nothing(milestone, actor),
        refused=_refused(asked, offers),
    )


def _offer(action: Action, milestone: Milestone, asked: Offer | None, opened: str) -> Offer:
    if asked and asked.action is action:
        return asked
    form = action.form(milestone, auto_id=f"{action.name}-%s")
    return Offer(action, form, is_open=action.name == opened)


def _refused(asked: Offer | None, offers: dict[str, Offer]) -> str:
    """The refusal of an action that is no longer offered: its form is gone, its words must not be."""
    if asked is None or asked.action.name in offers:
        return ""
    return " ".join(str(error) for errors in asked.form.errors.values() for error in errors)


def _verdict(milestone: Milestone, fact: Fact, today: date, calendar: Calendar) -> str:
    due, year = milestone.due, milestone.plan.year
    said = {"due": wording.period(due, year=year), "until": words.until(today, due, calendar)}
    match fact:
        case Fact.CANCELLED:
            return _("Cancelled; nothing is reminded any more.")
        case Fact.DONE | Fact.MADE_UP:
            return _ended(milestone, calendar)
        case Fact.SUBMITTED:
            return _("Submitted as done; a second person verifies it now.")
    if milestone.forecast:
        slip = calendar.count(due.on, milestone.forecast.on)
        said |= {"forecast": wording.period(milestone.forecast, year=year), "slip": words.slip(slip)}
        if slip:
            return _("Due %(due)s, %(until)s; expected %(forecast)s, %(slip)s.") % said
        return _("Due %(due)s, %(until)s; expected in time.") % said
    return _("Due %(due)s, %(until)s.") % said


def _ended(milestone: Milestone, calendar: Calendar) -> str:
    actual = milestone.actual
    assert actual is not None, "a completed milestone has its actual date"
    said = {
        "actual": wording.period(actual, year=milestone.plan.year),
        "slip": words.slip(calendar.count(milestone.due.on, actual.on)),
    }
    if actual.on > milestone.due.on:
        return _("Done %(actual)s, %(slip)s than due.") % said
    return _("Done %(actual)s, in time.") % said


def _notes(milestone: Milestone, today: date, calendar: Calendar) -> list[str]:
    """What qualifies the verdict: the day a fuzzy date counts as, and a deadline that falls on a day off."""
    notes = []
    due = milestone.due
    if due.is_fuzzy:
        notes.append(counts_as(due))
    deadline = calendar.on_or_before(due.on)
    if deadline != due.on and milestone.is_open:
        said = {"day": short_day(due.on), "deadline": short_day(deadline)}
        notes.append(_("%(day)s is a day off: reminders count back from %(deadline)s.") % said)
    if milestone.is_open and not milestone.accountable_id:
        notes.append(_("Nobody is named as owner: reminders go to the lead's coordinator, else to the office."))
    if milestone.plan.is_draft:
        notes.append(_("The plan is a draft: nothing is reminded yet."))
    return notes


def _carried(milestone: Milestone, actor: Actor) -> list[str]:
    """From and to which milestone of another plan, as far as the reader sees that."""
    notes = []
    if source := milestone.carried_from:
        notes.append(_("Carried over from %(other)s.") % {"other": f"{source.plan.code}/{source.code}"})
    copy: Milestone | None = getattr(milestone, "carried_to", None)
    if copy is not None and (not copy.plan.is_draft or access.may(actor, "milestone.edit", copy)):
        notes.append(_("Carried over to %(other)s; it goes on there.") % {"other": f"{copy.plan.code}/{copy.code}"})
    return notes


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


def _history(milestone: Milestone, evidence: list[Piece]) -> Iterable[ChangeEntry]:
    """Of the milestone and of its evidence, newest first."""
    ids = [piece.row.pk for piece in evidence]
    about = Q(entity="milestone", object_id=milestone.pk) | Q(entity="evidence", object_id__in=ids)
    return ChangeEntry.objects.filter(about).order_by("-id")[:CHANGES_SHOWN]


def _nothing(milestone: Milestone, actor: Actor) -> str:
    if milestone.plan.state == "closed":
        return _("The plan is closed; nothing in it changes any more.")
    if milestone.state == "submitted" and actor.person and milestone.submitted_by_id == actor.person.pk:
        return _("You submitted this; somebody else of the office verifies it.")
    if milestone.state == "submitted":
        return _("It waits for the office's verification.")
    if not milestone.is_open:
        return _("Nothing is left to do here.")
    return _("Nothing waits for you here.")
