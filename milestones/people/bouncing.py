"""Does a person's address return mail, since when, and what ends that?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from milestones import access, marking
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import StateConflict
from milestones.models import ChangeEntry, Milestone, NextLook, Person, Reminder

REPLY_LENGTH = 1000
CLEARED = "person.clear_bouncing"
# What may have been sent to them and is on its way back; older steps are nobody's any more.
REMINDED_WITHIN = timedelta(days=14)


class NotBouncing(StateConflict):
    code = "not_bouncing"
    message = _("This person's address does not return mail.")


def mark_bouncing(person: Person, reply: str, *, address: str, now: datetime, sent_at: datetime | None = None) -> bool:
    """By the system: a server said for good that `address` reaches nobody. False when that is known, or no news: the
    person has another address by now, or the office cleared it after the mail of `sent_at` had left.

    What they are reminded of is looked at again, so that somebody else hears of it.
    """
    with record.writing(actor=Actor.system(), now=now):
        present = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
        if present is None or present.bouncing_since is not None or not _is_news(present, address, sent_at):
            return False
        values = {"bouncing_since": now, "bounce_reply": shown(reply)}
        record.update(present, values, actor=Actor.system(), verb="person.mark_bouncing", now=now)
        look_again(present, now)
    return True


def clear_bouncing(person: Person, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """The address works again, as far as the office knows: reminders go to the person from now on. The next mail that
    comes back marks it anew. Raises NotBouncing, Forbidden, Conflict."""
    record.expect(person, version)
    access.require(actor, CLEARED, person)
    if person.bouncing_since is None:
        raise NotBouncing
    with record.writing(actor=actor, now=now):
        record.update(
            person, dict(CLEAN), actor=actor, verb=CLEARED, now=now, allowed={"bouncing_since__isnull": False}
        )
        look_again(person, now)


def works_again(person: Person, *, address: str, now: datetime) -> bool:
    """By the system: a server accepted a test mail to `address`. False when it was not known to return mail."""
    with record.writing(actor=Actor.system(), now=now):
        present = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
        if present is None or present.bouncing_since is None or not _is_address_of(present, address):
            return False
        record.update(present, dict(CLEAN), actor=Actor.system(), verb=CLEARED, now=now)
        look_again(present, now)
    return True


def look_again(person: Person, now: datetime) -> None:
    """All that this person is, was lately or would be reminded of."""
    lately = Reminder.objects.filter(milestone=OuterRef("pk"), recipient=person, day__gte=now.date() - REMINDED_WITHIN)
    speaks = Q(lead__coordinator=person) | Q(lead__head=person) | Q(lead__supervising_leader=person)
    reminded = Q(accountable=person) | speaks | Q(accountable__delegations__deputy=person) | Q(Exists(lately))
    pks = Milestone.objects.open().in_active_plans().filter(reminded).order_by().values("pk")
    NextLook.objects.wake(Milestone.objects.filter(pk__in=pks), now)


def shown(reply: str) -> str:
    """A server's words as they are kept: on one page, and never with a classification marking that someone sent us."""
    text = reply.replace("\0", "")[:REPLY_LENGTH]
    return "" if marking.find(text) else text


CLEAN = {"bouncing_since": None, "bounce_reply": ""}


def _is_news(person: Person, address: str, sent_at: datetime | None) -> bool:
    if not _is_address_of(person, address):
        return False
    cleared = ChangeEntry.objects.of(person).filter(verb=CLEARED)
    return sent_at is None or not cleared.filter(at__gte=sent_at).exists()


def _is_address_of(person: Person, address: str) -> bool:
    return person.email.lower() == address.lower()
