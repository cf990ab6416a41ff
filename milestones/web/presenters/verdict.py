"""How does a milestone stand, in one sentence, and what qualifies it?"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from milestones import access, wording
from milestones.actors import Actor
from milestones.models import Milestone
from milestones.web.facts import Fact, Window
from milestones.web.moment import Moment
from milestones.web.presenters import words
from milestones.web.presenters.dates import counts_as, short_day
from milestones.workdays import Calendar


def fact_of(milestone: Milestone, at: Moment) -> Fact:
    today = at.today(milestone.plan.zone)
    return Window.of(today, at.calendar).fact(milestone.state, milestone.due_on, milestone.actual_on)


def verdict(milestone: Milestone, fact: Fact, today: date, calendar: Calendar) -> str:
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


def notes(milestone: Milestone, actor: Actor, calendar: Calendar) -> list[str]:
    """What qualifies the verdict: the day a fuzzy date counts as, and a deadline that falls on a day off."""
    found = []
    due = milestone.due
    if due.is_fuzzy:
        found.append(counts_as(due))
    deadline = calendar.on_or_before(due.on)
    if deadline != due.on and milestone.is_open:
        said = {"day": short_day(due.on), "deadline": short_day(deadline)}
        found.append(_("%(day)s is a day off: reminders count back from %(deadline)s.") % said)
    if milestone.is_open and not milestone.accountable_id:
        found.append(_("Nobody is named as owner: reminders go to the lead's coordinator, else to the office."))
    if milestone.plan.is_draft:
        found.append(_("The plan is a draft: nothing is reminded yet."))
    return [*found, *_carried(milestone, actor)]


def _carried(milestone: Milestone, actor: Actor) -> list[str]:
    """From and to which milestone of another plan, as far as the reader sees that."""
    found = []
    if source := milestone.carried_from:
        found.append(_("Carried over from %(other)s.") % {"other": f"{source.plan.code}/{source.code}"})
    copy: Milestone | None = getattr(milestone, "carried_to", None)
    if copy is not None and (not copy.plan.is_draft or access.may(actor, "milestone.edit", copy)):
        found.append(_("Carried over to %(other)s; it goes on there.") % {"other": f"{copy.plan.code}/{copy.code}"})
    return found
