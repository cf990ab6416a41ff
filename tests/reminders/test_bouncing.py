"""What follows when an address returns mail?"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from lingang.addresses import MailTransport
from milestones.actors import Actor
from milestones.errors import Forbidden, StateConflict
from milestones.mail import catalogue
from milestones.models import ChangeEntry, NextLook, OutgoingMail, Person, Reminder
from milestones.people import bouncing, privacy
from milestones.people import operations as people
from milestones.reminders import delivery
from tests.reminders.world import SYSTEM, World, at
from tests.servers.smtp import SmtpSink

TUESDAY = datetime(2023, 6, 27, 2, tzinfo=UTC)
GONE = "550 5.1.1 No such mailbox"
NOW = at(TUESDAY.date())


@pytest.fixture
def server(settings: Any, smtp_sink: SmtpSink) -> SmtpSink:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    return smtp_sink


def refused(world: World, server: SmtpSink, answer: str) -> OutgoingMail:
    """A digest to the owner, to which the server says that."""
    world.milestone("M-1")
    world.sweep(TUESDAY.date())
    server.refuse("owner@example.org", answer)
    deliver()
    return OutgoingMail.objects.get(recipient=world.owner)


def deliver(now: datetime = NOW) -> delivery.Delivered:
    return delivery.deliver(lambda: now, as_of=now)


def owner() -> Person:
    return Person.objects.get(email="owner@example.org")


def test_a_mailbox_that_does_not_exist_marks_its_person(world: World, server: SmtpSink) -> None:
    mail = refused(world, server, GONE)
    assert (mail.state, mail.server_reply) == ("failed", GONE)
    assert [r.state for r in mail.reminders.all()] == ["failed"]
    assert (owner().bouncing_since, owner().bounce_reply) == (NOW, GONE)
    [entry] = ChangeEntry.objects.filter(verb="person.mark_bouncing")
    assert entry.via == "system"
    assert entry.changes["bounce_reply"] == ["", "•••"]  # the words may hold the address: history and feed do not
    assert "5.1.1" not in str(entry.changes)


@pytest.mark.parametrize(
    "answer", ["550 5.7.1 Blocked by policy", "552 5.2.2 Mailbox full", "554 5.6.0 Bad content", "550 Spam"]
)
def test_a_refusal_that_is_not_about_the_address_marks_nobody(world: World, server: SmtpSink, answer: str) -> None:
    mail = refused(world, server, answer)
    assert mail.state == "failed"
    assert owner().bouncing_since is None


def test_somebody_else_gets_the_mail_with_the_reason(world: World, server: SmtpSink) -> None:
    refused(world, server, GONE)
    assert NextLook.objects.filter(milestone__code="M-1", at__lte=NOW).exists()
    world.sweep(TUESDAY.date())
    deliver()
    [message] = server.to("coordinator@example.org")
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "M-1" in text
    assert "owner" in text


def test_nothing_is_sent_there_again(world: World, server: SmtpSink) -> None:
    refused(world, server, GONE)
    server.accept_again("owner@example.org")
    day = TUESDAY.date()
    world.play(day, day + timedelta(days=10))
    assert server.to("owner@example.org") == []
    assert OutgoingMail.objects.filter(recipient=world.owner, attempts__gt=1).count() == 0
    assert server.to("coordinator@example.org")


def test_what_was_queued_before_is_held_back_with_that_reason(world: World, server: SmtpSink) -> None:
    world.milestone("M-1")
    world.sweep(TUESDAY.date())
    duties = catalogue.duties(world.owner, [world.milestone("M-2")], reason="r", now=TUESDAY)
    duties.save(force_insert=True)
    bouncing.mark_bouncing(world.owner, GONE, address=world.owner.email, now=TUESDAY)
    assert deliver().suppressed == 2
    assert server.received == []
    digest = OutgoingMail.objects.get(kind="digest", recipient=world.owner)
    assert (digest.state, digest.server_reply) == ("suppressed", "bouncing")
    assert set(Reminder.objects.filter(mail=digest).values_list("state", "reason")) == {("suppressed", "bouncing")}


def test_an_invitation_that_somebody_asked_for_is_still_tried(world: World, server: SmtpSink) -> None:
    bouncing.mark_bouncing(world.owner, GONE, address=world.owner.email, now=TUESDAY)
    people.invite(world.owner, actor=SYSTEM, now=TUESDAY)
    people.ask_for_reset(world.owner, now=TUESDAY)
    assert deliver().sent == 2
    assert owner().bouncing_since is not None  # the mailbox may answer tomorrow what it did not today: test it


def test_a_test_mail_that_is_accepted_clears_the_mark(world: World, server: SmtpSink) -> None:
    refused(world, server, GONE)
    people.send_test(owner(), actor=SYSTEM, now=NOW)
    deliver()
    assert owner().bouncing_since is not None  # refused again
    server.accept_again("owner@example.org")
    people.send_test(owner(), actor=SYSTEM, now=NOW)
    deliver()
    assert (owner().bouncing_since, owner().bounce_reply) == (None, "")
    assert ChangeEntry.objects.filter(verb="person.clear_bouncing").count() == 1


def test_the_office_clears_it_and_reminders_go_there_again(world: World, server: SmtpSink) -> None:
    refused(world, server, GONE)
    server.accept_again("owner@example.org")
    bouncing.clear_bouncing(owner(), actor=Actor(world.office, "admin"), now=NOW)
    world.play(datetime(2023, 6, 28).date(), datetime(2023, 6, 30).date())
    assert server.to("owner@example.org")
    with pytest.raises(bouncing.NotBouncing):
        bouncing.clear_bouncing(owner(), actor=SYSTEM, now=NOW)


def test_nobody_but_the_office_clears_it(world: World) -> None:
    bouncing.mark_bouncing(world.owner, GONE, address=world.owner.email, now=TUESDAY)
    with pytest.raises(Forbidden):
        bouncing.clear_bouncing(owner(), actor=Actor(world.owner, "web"), now=NOW)


def test_another_address_begins_without_the_mark(world: World, server: SmtpSink) -> None:
    mail = refused(world, server, GONE)
    people.edit(owner(), {"email": "right@example.org"}, actor=Actor(world.office, "admin"), now=NOW)
    person = Person.objects.get(pk=world.owner.pk)
    assert (person.bouncing_since, person.bounce_reply) == (None, "")
    delivery.resend(OutgoingMail.objects.get(pk=mail.pk), actor=SYSTEM, now=NOW)
    deliver()
    assert len(server.to("right@example.org")) == 2  # the mail, and that the address is another


def test_a_refusal_of_an_address_that_was_left_marks_nobody(world: World) -> None:
    assert not bouncing.mark_bouncing(world.owner, GONE, address="old@example.org", now=NOW)
    assert owner().bouncing_since is None


def test_an_old_mail_that_comes_back_after_the_clearing_is_no_news(world: World) -> None:
    bouncing.mark_bouncing(world.owner, GONE, address=world.owner.email, now=NOW)
    bouncing.clear_bouncing(owner(), actor=SYSTEM, now=NOW)
    old, new = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    assert not bouncing.mark_bouncing(owner(), GONE, address=world.owner.email, now=new, sent_at=old)
    assert bouncing.mark_bouncing(owner(), GONE, address=world.owner.email, now=new, sent_at=new)


def test_sending_again_to_a_marked_address_is_refused_with_advice(world: World, server: SmtpSink) -> None:
    mail = refused(world, server, GONE)
    with translation.override("en"), pytest.raises(StateConflict, match="clear the mark"):
        delivery.resend(mail, actor=SYSTEM, now=NOW)


def test_words_with_a_marking_do_not_stop_delivery(world: World, server: SmtpSink) -> None:
    refused(world, server, "550 5.1.1 密级：机密")
    assert owner().bouncing_since == NOW
    assert owner().bounce_reply == ""


def test_an_anonymised_account_loses_the_servers_words(world: World) -> None:
    leaver = world.person("leaver", "viewer")
    bouncing.mark_bouncing(leaver, "550 5.1.1 leaver@example.org", address=leaver.email, now=NOW)
    people.deactivate(Person.objects.get(pk=leaver.pk), actor=SYSTEM, now=NOW)
    privacy.anonymise(Person.objects.get(pk=leaver.pk), reason="asked", actor=SYSTEM, now=NOW)
    assert Person.objects.get(pk=leaver.pk).bounce_reply == ""


def test_what_waits_goes_to_the_address_that_was_corrected(world: World, server: SmtpSink) -> None:
    world.milestone()
    world.sweep(date(2023, 6, 27))
    people.edit(owner(), {"email": "corrected@example.org"}, actor=SYSTEM, now=at(date(2023, 6, 27)))
    world.deliver(date(2023, 6, 27))
    told = Counter(one.recipients for one in server.received)  # both addresses, that it is another
    assert told == {("corrected@example.org",): 2, ("owner@example.org",): 1}
