"""How is a milestone one line in a list?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.actors import Actor
from milestones.models import Milestone
from milestones.web.actions import Action, obvious, offered
from milestones.web.facts import Fact, Window
from milestones.web.presenters import words
from milestones.workdays import Calendar


@dataclass(frozen=True)
class Row:
    """`when` is the distance in words, `action` the reader's next step there or None."""

    milestone: Milestone
    fact: Fact
    when: str
    is_late: bool
    action: Action | None


def rows(milestones: Iterable[Milestone], *, actor: Actor, window: Window, calendar: Calendar) -> list[Row]:
    return [_row(milestone, actor, window, calendar) for milestone in milestones]


def _row(milestone: Milestone, actor: Actor, window: Window, calendar: Calendar) -> Row:
    fact = window.fact(milestone.state, milestone.due_on, milestone.actual_on)
    return Row(
        milestone=milestone,
        fact=fact,
        when=_when(milestone, window, calendar),
        is_late=fact is Fact.OVERDUE,
        action=obvious(milestone, offered(milestone, actor)),
    )


def _when(milestone: Milestone, window: Window, calendar: Calendar) -> str:
    today, due = window.today, milestone.due
    if today > due.on:
        n = words.days_overdue(today, due, calendar)
        return ngettext("%(n)s day overdue", "%(n)s days overdue", n) % {"n": n} if n else _("overdue")
    n = words.days_left(today, due, calendar)
    return ngettext("in %(n)s day", "in %(n)s days", n) % {"n": n} if n else _("today")
