"""What can be done to many milestones at once? Each is a verb that exists for one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones import wording
from milestones.conversation import comments
from milestones.errors import RuleBroken
from milestones.models import Comment, Milestone, Notice, Person
from milestones.notices import operations as notices
from milestones.notices import words
from milestones.notices.matters import matter_for
from milestones.planning import copying, lifecycle, operations
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, Precision

Typed = Mapping[str, Any]
How = Mapping[str, Any]  # actor and now


@dataclass(frozen=True)
class Act:
    """`whole` does it to all of them, in one go where that saves mails; `says` tells what it changes, before and after.
    `right` is the verb that access is asked for; `told`, of an act that makes something, words what `whole` gave."""

    name: str
    right: str
    title: Any
    button: Any
    says: Callable[[Milestone], str]
    whole: Callable[[Sequence[Milestone], Typed, How], Any]
    note: Any = ""
    columns: tuple[Any, Any] = field(default=(gettext_lazy("now"), gettext_lazy("then")))
    done: Callable[[int], str] = lambda count: ngettext(
        "%(count)s milestone was changed.", "%(count)s milestones were changed.", count
    )
    told: Callable[[Any], str] | None = None


def _assign(milestones: Sequence[Milestone], typed: Typed, how: How) -> None:
    to, reason = typed["person"], typed["reason"]
    if any(m.accountable_id and m.accountable_id != to.pk for m in milestones):
        operations.hand_over(milestones, to, reason=reason, **how)
    else:
        operations.assign(milestones, to, reason=reason, **how)


def _reschedule(milestones: Sequence[Milestone], typed: Typed, how: How) -> None:
    days = calendar()
    for milestone in milestones:
        operations.reschedule(milestone, _new_due(milestone, typed, days), reason=typed["reason"], **how)


def _new_due(milestone: Milestone, typed: Typed, days: Calendar) -> FuzzyDate:
    return typed["due"] or FuzzyDate(days.add(milestone.due.effective_day, typed["days"]))


def _issue(milestones: Sequence[Milestone], typed: Typed, how: How) -> None:
    for milestone in milestones:
        today = how["now"].astimezone(milestone.plan.zone).date()
        matter = typed["matter"] or matter_for(milestone, typed["level"], today=today)
        notices.issue(milestone, level=typed["level"], matter=matter, respond_days=typed["respond_days"], **how)


def _cancel(milestones: Sequence[Milestone], typed: Typed, how: How) -> None:
    for milestone in milestones:
        lifecycle.cancel(milestone, reason=typed["reason"], **how)


def _move(milestones: Sequence[Milestone], typed: Typed, how: How) -> None:
    for milestone in milestones:
        operations.change(milestone, {"workstream": typed["workstream"]}, reason=typed["reason"], **how)


def _copy(milestones: Sequence[Milestone], typed: Typed, how: How) -> list[Milestone]:
    return copying.copy(milestones, typed["plan"], workstream=typed["workstream"], reason=typed["reason"], **how)


def _made(copies: Sequence[Milestone]) -> str:
    return _(", ").join(
        f"{one.plan.code} · {one.workstream.title} · {one.code} · {wording.period_with_day(one.due)}" for one in copies
    )


def _chase(milestones: Sequence[Milestone], typed: Typed, how: How) -> None:
    """催报: a comment that names the owner, so that history has it and a mail tells it."""
    for milestone in milestones:
        if milestone.accountable is None:
            message = _("Nobody answers for this milestone yet; assign it first.")
            raise RuleBroken(message, field="person", code="unassigned")
        comments.add(milestone, typed["text"], mentions=[milestone.accountable], **how)


def _open_levels(milestone: Milestone) -> str:
    rows = Notice.objects.open().filter(milestone=milestone).order_by("year", "number")
    return ", ".join(f"{words.MARKS[row.level]} {row.get_level_display()}" for row in rows) or "—"


def _asked(milestone: Milestone) -> str:
    """When its owner was last asked, in words of the list of comments."""
    last = Comment.objects.filter(milestone=milestone).order_by("-created_at", "-id").first()
    return f"{milestone.accountable}: {last.text[:40]}" if last and milestone.accountable else "—"


ASSIGN = Act(
    "assign",
    "milestone.assign",
    gettext_lazy("Assign or hand over"),
    gettext_lazy("Assign"),
    says=lambda m: str(m.accountable or _("unassigned")),
    whole=_assign,
    note=gettext_lazy("The new owner gets one mail that lists everything."),
)
RESCHEDULE = Act(
    "reschedule",
    "milestone.reschedule",
    gettext_lazy("Reschedule"),
    gettext_lazy("Reschedule"),
    says=lambda m: wording.period_with_day(m.due),
    whole=_reschedule,
    note=gettext_lazy("Each owner is told by one mail; the first promise (baseline) stays."),
)
ISSUE = Act(
    "issue_many",
    "notice.issue",
    gettext_lazy("Issue notices"),
    gettext_lazy("Issue"),
    says=_open_levels,
    whole=_issue,
    note=gettext_lazy(
        "One notice for each milestone, to the organisation that leads it, with a number of its own. Whoever is told "
        "of several gets one mail that lists them."
    ),
    columns=(gettext_lazy("open notices now"), gettext_lazy("then")),
    done=lambda count: ngettext("%(count)s notice was issued.", "%(count)s notices were issued.", count),
)
CHASE = Act(
    "chase",
    "comment.add",
    gettext_lazy("Ask for a report"),
    gettext_lazy("Ask"),
    says=_asked,
    whole=_chase,
    note=gettext_lazy(
        "Each owner gets one mail that lists theirs; the question stays with each milestone as a comment."
    ),
    columns=(gettext_lazy("last comment"), gettext_lazy("then")),
    done=lambda count: ngettext("One owner was asked.", "Reports on %(count)s milestones were asked for.", count),
)
CANCEL = Act(
    "cancel",
    "milestone.cancel",
    gettext_lazy("Cancel milestones"),
    gettext_lazy("Cancel them"),
    says=lambda m: m.get_state_display(),
    whole=_cancel,
    note=gettext_lazy("They stay in the ledger as cancelled, are reminded no more and count no more."),
)
MOVE = Act(
    "move",
    "milestone.edit",
    gettext_lazy("Move to another workstream"),
    gettext_lazy("Move"),
    says=lambda m: m.workstream.title,
    whole=_move,
    note=gettext_lazy("Within their plan; codes stay as they are. Copy them to bring them into another plan."),
)
COPY = Act(
    "copy",
    "milestone.create",
    gettext_lazy("Copy to another plan"),
    gettext_lazy("Copy"),
    says=lambda _milestone: "—",
    whole=_copy,
    note=gettext_lazy(
        "What was promised is copied, and who answers for it; what happened since stays here. Each is due on the same "
        "day of the other plan's year."
    ),
    columns=(gettext_lazy("copied as"), gettext_lazy("copy")),
    done=lambda count: ngettext("%(count)s milestone was copied.", "%(count)s milestones were copied.", count),
    told=_made,
)
# What the ledger offers; the workbench offers all of them.
ACTS = {act.name: act for act in (ASSIGN, RESCHEDULE, ISSUE, CHASE, CANCEL)}


def stored(typed: Typed) -> dict[str, Any]:
    """What was typed as JSON holds it."""
    return {name: _stored(value) for name, value in typed.items()}


def _stored(value: Any) -> Any:
    match value:
        case Person():
            return str(value.pk)
        case FuzzyDate():
            return {"on": value.on.isoformat(), "precision": str(value.precision)}
        case _:
            return value


def read(told: Typed) -> dict[str, Any]:
    """What `stored` stored. Raises Person.DoesNotExist when they have gone meanwhile."""
    typed = dict(told)
    if typed.get("person"):
        typed["person"] = Person.objects.get(pk=typed["person"])
    if typed.get("due"):
        typed["due"] = FuzzyDate(date.fromisoformat(told["due"]["on"]), Precision(told["due"]["precision"]))
    return typed
