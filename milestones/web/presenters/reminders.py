"""What was sent about a milestone, what is planned and what is still to come, what was held back and why?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milestones import access
from milestones.actors import Actor
from milestones.models import REMINDED_STATES, Milestone, NoticeLevel, Person, Reminder, ReminderState, Suppression
from milestones.reminders import explain_words
from milestones.reminders.explain import Explanation, Fate, Finding, explain
from milestones.web.moment import Moment
from milestones.web.presenters import words

SHOWN, COMING = 12, 8


@dataclass(frozen=True)
class ReminderLine:
    """`css` places the dot: past, now or coming."""

    day: date
    step: str
    recipient: str
    state: str
    why: str
    css: str


@dataclass(frozen=True)
class Reminders:
    """In the order of their days; `more` earlier ones are not shown. `asks` is whose reasons the link tells."""

    lines: list[ReminderLine]
    more: int
    asks: Person | None


def reminders(milestone: Milestone, actor: Actor, at: Moment) -> Reminders:
    today = at.today(milestone.plan.zone)
    rows = access.visible(Reminder.objects.filter(milestone=milestone), actor)
    found = list(rows.select_related("recipient", "step_version").order_by("-day", "-id")[: SHOWN + 1])
    count = rows.count() if len(found) > SHOWN else len(found)
    who = milestone.accountable or _speaker(milestone)
    coming = list(_coming(milestone, who, at)) if who is not None else []
    lines = [_reminder(row, today) for row in reversed(found[:SHOWN])]
    return Reminders([*lines, *coming], count - len(lines), who)


def _speaker(milestone: Milestone) -> Person | None:
    """Who is reminded of what nobody is named for, as far as the lead has a coordinator."""
    return milestone.lead.coordinator if milestone.lead is not None else None


def _coming(milestone: Milestone, who: Person, at: Moment) -> Iterator[ReminderLine]:
    """What has no row yet."""
    if not milestone.plan.is_active or milestone.state not in REMINDED_STATES:
        return
    told = explain(milestone, who, now=at.now)
    found = [one for one in told.findings if one.fate is Fate.TO_COME and one.day is not None]
    for one in found[:COMING]:
        assert one.day is not None
        yield ReminderLine(
            day=one.day,
            step=_named(one),
            recipient=str(who),
            state=_("held back") if one.would_be else pgettext("reminder", "to come"),
            why=explain_words.suppression(one.would_be) if one.would_be else "",
            css="coming",
        )


def _named(one: Finding) -> str:
    step = one.step
    said = words.rung(step.anchor, step.offset, one.number, working=step.working, repeats=step.repeats)
    return (
        _("%(step)s, with a %(level)s notice") % {"step": said, "level": NoticeLevel(step.level).label}
        if step.level
        else said
    )


def _reminder(row: Reminder, today: date) -> ReminderLine:
    waits = row.state in (ReminderState.PLANNED, ReminderState.CLAIMED)
    return ReminderLine(
        day=row.day,
        step=words.step(row.step_version, row.occurrence),
        recipient=str(row.recipient),
        state=row.get_state_display(),
        why=_why(row.reason),
        css="coming" if waits else "now" if row.day == today else "past",
    )


def _why(reason: str) -> str:
    return str(Suppression(reason).label) if reason in Suppression.values else reason


# Why did somebody get a mail, or not? ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Why:
    """`about` are sentences; a line is (day or empty, step and how its day is counted, what became of it)."""

    person: Person
    about: list[str]
    lines: list[tuple[date | None, str, str]]


def why(milestone: Milestone, person: Person, at: Moment) -> Why:
    told: Explanation = explain(milestone, person, now=at.now)
    lines = [(one.day, explain_words.arithmetic(told, one), explain_words.outcome(told, one)) for one in told.findings]
    return Why(person, list(explain_words.about(told)), lines)
