"""How is the plain model's world looked up in the database, and how is each of its acts done by the real verbs?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from milestones.errors import Conflict, DomainError
from milestones.extensions import operations as extensions
from milestones.models import ChangeEntry, Extension, ExtensionState, Milestone, Notice
from milestones.models.base import Versioned
from milestones.notices import operations as notices
from milestones.planning import lifecycle, operations
from milestones.workdays.periods import FuzzyDate
from tests.cast import PHOTO, TODAY, Cast, acting

from .plain import Act, Outcome, World


def due(month: int) -> FuzzyDate:
    """The middle of a month of the next year; 0 is the end of this one."""
    return FuzzyDate(date(2024, month, 15)) if month else FuzzyDate(date(2023, 12, 29))


def _month(day: date) -> int:
    return day.month if day.year == 2024 else 0


@dataclass
class Seen:
    """The rows as somebody sees them who is about to act."""

    cast: Cast
    code: str
    now: datetime

    def __post_init__(self) -> None:
        rows = Milestone.objects.select_related("plan", "lead", "accountable", "submitted_by")
        self.milestone = rows.get(plan=self.cast.plan, code=self.code)
        asked = Extension.objects.filter(milestone=self.milestone).select_related("milestone__plan", "milestone__lead")
        self.request = asked.order_by("-requested_at", "-id").first()
        sent = Notice.objects.filter(milestone=self.milestone).select_related("milestone__plan", "organisation")
        self.notice = sent.order_by("-number").first()

    def doing(self, act: Act) -> Callable[[], object]:
        """The act on these rows, however much later."""
        return lambda: DO[act.verb](self, act, actor=acting(getattr(self.cast, act.who)), now=self.now)


def _request(seen: Seen, verb: str, **how: Any) -> object:
    if seen.request is None:
        raise DomainError
    return getattr(extensions, verb)(seen.request, **how)


def _notice(seen: Seen, verb: str, *what: str, **how: Any) -> object:
    if seen.notice is None:
        raise DomainError
    return getattr(notices, verb)(seen.notice, *what, **how)


DO: dict[str, Callable[..., object]] = {
    "start": lambda s, a, **by: lifecycle.start(s.milestone, **by),
    "submit": lambda s, a, **by: lifecycle.submit(
        s.milestone, actual=TODAY, statement="已封顶", evidence=[PHOTO], **by
    ),
    "verify": lambda s, a, **by: lifecycle.verify(s.milestone, **by),
    "return": lambda s, a, **by: lifecycle.return_(s.milestone, reason="照片不清", **by),
    "reopen": lambda s, a, **by: lifecycle.reopen(s.milestone, reason="继续", **by),
    "cancel": lambda s, a, **by: lifecycle.cancel(s.milestone, reason="不建了", **by),
    "reschedule": lambda s, a, **by: operations.reschedule(s.milestone, due(a.month), reason="台风", **by),
    "hand_over": lambda s, a, **by: operations.hand_over([s.milestone], getattr(s.cast, a.to), reason="调岗", **by),
    "request": lambda s, a, **by: extensions.request(s.milestone, due=due(a.month), reason="台风", **by),
    "approve": lambda s, a, **by: _request(s, "approve", note="同意", **by),
    "decline": lambda s, a, **by: _request(s, "decline", note="不同意", **by),
    "withdraw": lambda s, a, **by: _request(s, "withdraw", **by),
    "issue": lambda s, a, **by: notices.issue(s.milestone, level="yellow", matter="加快", **by),
    "sign": lambda s, a, **by: _notice(s, "sign", **by),
    "reply": lambda s, a, **by: _notice(s, "reply", "已安排", **by),
    "cancel_notice": lambda s, a, **by: _notice(s, "cancel", reason="重复", **by),
}


def outcome(result: object) -> Outcome:
    """The word for what a verb returned or raised; what is no refusal of the domain is a fault of ours."""
    if isinstance(result, Conflict):
        assert result.who, "a conflict names who was first"
        assert result.when, "a conflict says when"
        return "conflict"
    if isinstance(result, DomainError):
        return "refused"
    if isinstance(result, Exception):
        raise result
    return "nothing" if result is False or result == 0 else "done"


def world(cast: Cast, code: str) -> World:
    seen = Seen(cast, code, datetime.min)
    found, request = seen.milestone, seen.request
    is_open = request is not None and request.state == ExtensionState.REQUESTED
    names = {getattr(cast, name).pk: name for name in ("office", "colleague", "owner", "other")}
    return World(
        state=found.state,
        owner=names[found.accountable_id],
        due=_month(found.due_on),
        asked=_month(request.due_on) if is_open and request else None,
        asked_when_due=_month(request.old_on) if is_open and request else 0,
        asked_by=names[request.requested_by_id] if is_open and request else "",
        submitted_by=names[found.submitted_by_id] if found.submitted_by_id else "",
        notices=tuple(Notice.objects.filter(milestone=found).order_by("number").values_list("state", flat=True)),
    )


def rows(cast: Cast, code: str) -> list[Versioned]:
    """The milestone and what hangs on it."""
    seen = Seen(cast, code, datetime.min)
    about = {"milestone": seen.milestone}
    return [seen.milestone, *Extension.objects.filter(**about), *Notice.objects.filter(**about)]


def entries(row: Versioned) -> list[int]:
    """The versions that the history has of it, as they were written."""
    return list(ChangeEntry.objects.of(row).order_by("id").values_list("version", flat=True))
