"""Which e-mails exist? One function each; all but the digest, which `milestones.reminders` composes, stand here.

Each returns an unsaved outbox row, so that a verb can render before its transaction and store within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from milestones import links
from milestones.models import Comment, MailKind, Milestone, Notice, OutgoingMail, Person
from milestones.workdays.periods import FuzzyDate

from .render import letter, milestone_url, notice_url

QUOTED = 600  # of a text that its page holds in full


def duties(person: Person, milestones: Sequence[Milestone], *, reason: str, now: datetime) -> OutgoingMail:
    """You are now accountable for these; one mail however many they are."""
    ordered = sorted(milestones, key=lambda m: (m.due_on, m.code))
    context = {
        "items": [_item(m) for m in ordered],
        "count": len(ordered),
        "reason": reason,
    }
    return letter(
        MailKind.DUTIES,
        person,
        context,
        now=now,
        milestone=ordered[0] if len(ordered) == 1 else None,
    )


def rescheduled(person: Person, milestone: Milestone, old: FuzzyDate, *, reason: str, now: datetime) -> OutgoingMail:
    """The commitment moved from `old` to the milestone's present due."""
    context = {
        "item": _item(milestone),
        "old": old,
        "new": milestone.due,
        "reason": reason,
    }
    return letter(MailKind.RESCHEDULED, person, context, now=now, milestone=milestone)


def submitted(person: Person, milestone: Milestone, actual: FuzzyDate, *, now: datetime) -> OutgoingMail:
    """To the office: a milestone was submitted and waits for a second person."""
    return letter(
        MailKind.SUBMITTED,
        person,
        {"item": _item(milestone), "actual": actual},
        now=now,
        milestone=milestone,
    )


def verified(person: Person, milestone: Milestone, *, now: datetime) -> OutgoingMail:
    return letter(
        MailKind.VERIFIED,
        person,
        {"item": _item(milestone)},
        now=now,
        milestone=milestone,
    )


def returned(person: Person, milestone: Milestone, *, reason: str, now: datetime) -> OutgoingMail:
    context = {"item": _item(milestone), "reason": reason}
    return letter(MailKind.RETURNED, person, context, now=now, milestone=milestone)


def notice(
    person: Person, notice: Notice, *, number: object, respond_days: int, overdue_days: int, now: datetime
) -> OutgoingMail:
    """督办单: a numbered notice to the organisation that this person speaks for. `number` may be a stand-in until the
    notice has got its own; the days are working days."""
    context = _notice(notice, number) | {"respond_days": respond_days, "overdue_days": overdue_days}
    return letter(MailKind.NOTICE, person, context, now=now, milestone=notice.milestone)


def notice_replied(person: Person, notice: Notice, reply: str, *, now: datetime) -> OutgoingMail:
    """To the office: the organisation answered."""
    context = _notice(notice, notice.number) | {"quote": _cut(reply)}
    return letter(MailKind.NOTICE, person, context, now=now, milestone=notice.milestone, template="notice_replied")


def notice_cancelled(person: Person, notice: Notice, reason: str, *, now: datetime) -> OutgoingMail:
    """To whoever was told of it: it need not be answered any more."""
    context = _notice(notice, notice.number) | {"reason": reason}
    return letter(MailKind.NOTICE, person, context, now=now, milestone=notice.milestone, template="notice_cancelled")


def mentioned(person: Person, comment: Comment, *, now: datetime) -> OutgoingMail:
    """Somebody named this person in a comment; only for people who read the milestone's inner matters."""
    context = {"item": _item(comment.milestone), "author": comment.author, "quote": _cut(comment.text)}
    return letter(MailKind.MENTIONED, person, context, now=now, milestone=comment.milestone)


def watched(person: Person, milestone: Milestone, news: str, *, now: datetime, **told: Any) -> OutgoingMail:
    """News of a milestone that this person watches: `news` names the sentence in `emails/news.txt`, `told` fills it
    (`old` and `new` date, `owner`, `actual`, `reason`, `quote`)."""
    nothing = dict.fromkeys(("old", "new", "owner", "actual"), None) | {"reason": "", "quote": ""}
    context = nothing | told | {"item": _item(milestone), "news": news}
    context["quote"] = _cut(context["quote"])
    return letter(MailKind.WATCHED, person, context, now=now, milestone=milestone)


def invitation(person: Person, *, now: datetime) -> OutgoingMail:
    context = {
        "password_url": links.placeholder("password"),
        "days": links.LIFE["password"].days,
    }
    return letter(MailKind.INVITATION, person, context, now=now)


def password_reset(person: Person, *, now: datetime) -> OutgoingMail:
    context = {"password_url": links.placeholder("reset"), "hours": 24}
    return letter(MailKind.PASSWORD_RESET, person, context, now=now)


def test(person: Person, *, now: datetime) -> OutgoingMail:
    """Shows that mail leaves this installation; its row then holds the server's own words."""
    return letter(MailKind.TEST, person, {"at": now}, now=now)


def _item(milestone: Milestone) -> dict[str, Any]:
    return {
        "code": milestone.code,
        "title": milestone.title,
        "title_en": milestone.title_en,
        "plan": milestone.plan,
        "due": milestone.due,
        "url": milestone_url(milestone.plan.code, milestone.code),
    }


def _notice(notice: Notice, number: object) -> dict[str, Any]:
    milestone = notice.milestone
    return {
        "notice": notice,
        "number": number,
        "item": _item(milestone) | {"baseline": milestone.baseline, "forecast": milestone.forecast},
        "url": notice_url(notice),
    }


def _cut(text: str) -> str:
    return text if len(text) <= QUOTED else text[:QUOTED].rstrip() + "…"
