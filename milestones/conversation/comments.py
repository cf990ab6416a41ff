"""How is a comment made, who is told of it, and how is it taken back? Nothing in it is ever edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict
from milestones.mail import catalogue, outbox
from milestones.models import Comment, CommentMention, Milestone, Person
from milestones.planning import letters
from milestones.planning.holding import hold, hold_milestone
from milestones.planning.rules import check_plan_open

from . import mentions as naming

LENGTH = 4000
MOST_MENTIONS = 20


class MentionRefused(RuleBroken):
    """Somebody is named who cannot be told, or who is not told apart from others; nothing was stored."""

    code = "mention"


def add(milestone: Milestone, text: str, *, mentions: Sequence[Person] = (), actor: Actor, now: datetime) -> Comment:
    """A comment, whose author is the actor; mentioned are `mentions` and whoever the text names with `@`.

    Each of them gets one mail, whoever watches the milestone and may read comments gets the news.
    Raises Forbidden, RuleBroken, MentionRefused, PlanClosed.
    """
    access.require(actor, "comment.add", milestone)
    check_plan_open(milestone.plan)
    comment = Comment(milestone=milestone, author=actor.person, text=_checked(text))
    named = _named(milestone, comment.text, mentions, actor)
    mails = [catalogue.mentioned(person, comment, now=now) for person in named]
    mails += letters.watchers(
        milestone, "commented", quote=comment.text, told=mails, actor=actor, now=now, only=lambda p: reads(p, milestone)
    )
    with record.writing(actor=actor, now=now):
        hold_milestone(milestone)
        ids = [str(person.pk) for person in named]
        record.create(comment, actor=actor, verb="comment.add", now=now, mentions=ids)
        CommentMention.objects.bulk_create([CommentMention(comment=comment, person=person) for person in named])
        outbox.put(mails)
    return comment


def withdraw(comment: Comment, *, reason: str, actor: Actor, now: datetime, version: int | None = None) -> None:
    """撤回, by its author or the office: the text is shown no more; history keeps it for the office."""
    record.expect(comment, version)
    access.require(actor, "comment.withdraw", comment)
    check_plan_open(comment.milestone.plan)
    if not reason.strip():
        raise RuleBroken(_("A reason is needed; say why in a sentence."), field="reason", code="reason_missing")
    if comment.withdrawn_at is not None:
        raise StateConflict(_("This comment was already withdrawn."))
    with record.writing(actor=actor, now=now):
        hold(comment.milestone.plan)
        record.update(
            comment,
            {"withdrawn_at": now, "reason": reason.strip()},
            actor=actor,
            verb="comment.withdraw",
            now=now,
            reason=reason.strip(),
            allowed={"withdrawn_at__isnull": True},
        )


def delete(comment: Comment, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove one of a draft plan's; elsewhere StateConflict: withdraw it instead. Mails about it stay."""
    record.expect(comment, version)
    access.require(actor, "comment.delete", comment)
    if not comment.milestone.plan.is_draft:
        raise StateConflict(_("Only a draft plan's comments can be deleted; withdraw it."), code="cancel_instead")
    with record.writing(actor=actor, now=now):
        hold(comment.milestone.plan)
        record.delete(comment, actor=actor, verb="comment.delete", now=now)


def reads(person: Person, milestone: Milestone) -> bool:
    """Whether the milestone's comments are this person's to read; a draft is the office's alone."""
    if not person.is_active or (milestone.plan.is_draft and not access.is_office(person)):
        return False
    return access.reads_inner_matters(person, milestone)


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise RuleBroken(_("An empty comment says nothing; write something."), field="text", code="missing")
    if len(text) > LENGTH:
        message = _("This has %(length)s characters; a comment has at most %(longest)s.")
        raise RuleBroken(message % {"length": len(text), "longest": LENGTH}, field="text", code="too_long")
    return text


def _named(milestone: Milestone, text: str, given: Sequence[Person], actor: Actor) -> list[Person]:
    """Each once; who names themselves is not told."""
    for person in given:
        if not reads(person, milestone):
            raise MentionRefused(_deaf(person.display_name), field="mentions")
    known = _who_may_be_meant(text)
    people = [naming.Named(p.pk, p.display_name, p.email, reads(p, milestone)) for p in known.values()]
    found = naming.parse(text, people)
    _refuse(found)
    named = {person.pk: person for person in [*given, *(known[pk] for pk in found.people)]}
    if len(named) > MOST_MENTIONS:
        message = _("At most %(most)s people can be mentioned at once.") % {"most": MOST_MENTIONS}
        raise MentionRefused(message, field="text")
    return [person for person in named.values() if person != actor.person]


def _who_may_be_meant(text: str) -> dict[object, Person]:
    """The active people whose name or address begins as what follows an `@` in the text."""
    letters = naming.beginnings(text)
    if not letters:
        return {}
    people = Person.objects.active().alias(name=Substr("display_name", 1, 1), address=Substr("email", 1, 1))
    found = people.filter(Q(name__in=letters) | Q(address__in=letters)).prefetch_related("grants")
    return {person.pk: person for person in found}


def _refuse(found: naming.Found) -> None:
    if found.ambiguous:
        message = _("Several people are called “%(name)s”; write @ and the e-mail address of the one you mean.")
        raise MentionRefused(message % {"name": found.ambiguous[0]}, field="text", code="ambiguous")
    if found.deaf:
        raise MentionRefused(_deaf(found.deaf[0]), field="text")


def _deaf(name: str) -> str:
    message = _(
        "%(name)s does not read this milestone's comments and cannot be mentioned; "
        "leave the @ out, or have their organisation made a party first."
    )
    return str(message % {"name": name})
