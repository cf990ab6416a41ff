"""What else waits for this reader: notices, decisions, words addressed to them, and what they wait for themselves?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import access, wording
from milestones.actors import Actor
from milestones.models import Comment, CommentMention, Extension, Milestone, Notice, NoticeState, Person
from milestones.notices import words as notice_words
from milestones.web import waiting
from milestones.web.moment import Moment

SHOWN = 5
MOST = 100  # what is counted; beyond it there are simply more
MENTION_DAYS = 14


@dataclass(frozen=True)
class Letter:
    """A notice that waits for this reader. `signs`: nobody has signed for it yet."""

    notice: Notice
    level: str
    answer_by: str
    is_late: bool
    signs: bool


@dataclass(frozen=True)
class Ask:
    """A request for a later date that this reader decides on."""

    extension: Extension
    old: str
    new: str
    answer_by: str
    is_late: bool
    url: str


@dataclass(frozen=True)
class Heap:
    """Decisions of one kind: how many, and where they are decided."""

    label: str
    count: str
    url: str


@dataclass(frozen=True)
class Elsewhere:
    """Something of the reader's that is in others' hands."""

    milestone: Milestone
    what: str
    by: str


def letters(actor: Actor, at: Moment) -> tuple[list[Letter], int]:
    """The notices to sign for or to answer, the most urgent first, and how many there are."""
    found = Notice.objects.open().filter(
        reduce(or_, map(access.notices_for, actor.selves())), milestone__plan__state="active"
    )
    near = found.select_related("milestone__plan", "milestone__lead", "organisation").order_by("respond_by", "id")
    shown = [one for one in near[:SHOWN] if access.may(actor, "notice.sign", one)]
    return [_letter(one, at) for one in shown], len(shown) if len(shown) < SHOWN else _capped(found)


def late_letters(at: Moment) -> tuple[list[Letter], int]:
    """The office's: nobody has answered them in time."""
    found = Notice.objects.open().filter(respond_by__lt=at.today(), milestone__plan__state="active")
    near = found.select_related("milestone__plan", "organisation").order_by("respond_by", "id")[:SHOWN]
    shown = [_letter(one, at) for one in near]
    return shown, len(shown) if len(shown) < SHOWN else _capped(found)


def _letter(notice: Notice, at: Moment) -> Letter:
    today = at.today(notice.milestone.plan.zone)
    return Letter(
        notice=notice,
        level=str(notice_words.level(notice.level)),
        answer_by=wording.day(notice.respond_by, year=today.year),
        is_late=notice.respond_by < today,
        signs=notice.state == NoticeState.ISSUED,
    )


def asks(actor: Actor, at: Moment) -> tuple[list[Ask], int]:
    found = waiting.extensions(actor)
    return [_ask(one, at) for one in found[:SHOWN]], len(found)


def _ask(one: Extension, at: Moment) -> Ask:
    plan = one.milestone.plan
    return Ask(
        extension=one,
        old=wording.period(one.old, year=plan.year),
        new=wording.period(one.due, year=plan.year),
        answer_by=wording.day(one.decide_by, year=plan.year),
        is_late=one.decide_by < at.today(plan.zone),
        url=reverse("approval", args=["extension", one.pk]),
    )


def heaps(actor: Actor) -> list[Heap]:
    """The office's other decisions, one line a kind; those of which there are none are left out."""
    kinds: list[tuple[str, str, QuerySet[Any]]] = [
        (_("Reports to accept or return"), "report", waiting.reports(actor)),
        (_("Evidence to check"), "evidence", waiting.evidence(actor)),
    ]
    counted = [(label, name, _capped(found)) for label, name, found in kinds]
    return [Heap(label, said(n), f"{reverse('approvals')}?kind={name}") for label, name, n in counted if n]


def said(number: int) -> str:
    return f"{MOST}+" if number > MOST else str(number)


def _capped(found: QuerySet[Any]) -> int:
    return found.order_by()[: MOST + 1].count()


def mentions(person: Person, at: Moment) -> list[Comment]:
    """Comments of the last two weeks that name the reader, who has said nothing there since; newest first."""
    since = at.now - timedelta(days=MENTION_DAYS)
    answered = Comment.objects.filter(
        milestone=OuterRef("comment__milestone"), author=person, created_at__gt=OuterRef("comment__created_at")
    )
    found = CommentMention.objects.filter(
        person=person, comment__created_at__gte=since, comment__withdrawn_at__isnull=True
    ).exclude(Exists(answered))
    near = found.select_related("comment__milestone__plan", "comment__author").order_by("-comment__created_at")
    return [mention.comment for mention in near[:SHOWN]]


def elsewhere(person: Person, submitted: Iterable[Milestone]) -> list[Elsewhere]:
    """What the reader submitted or asked for, in the hands of whoever verifies or decides."""
    asked = Extension.objects.open().filter(requested_by=person).select_related("milestone__plan")
    return [
        *(Elsewhere(one, _("submitted, not yet verified"), "") for one in submitted),
        *(Elsewhere(one.milestone, _("asked for more time"), _by(one.decide_by, one)) for one in asked[:SHOWN]),
    ]


def _by(day: date, one: Extension) -> str:
    return _("answer by %(day)s") % {"day": wording.day(day, year=one.milestone.plan.year)}
