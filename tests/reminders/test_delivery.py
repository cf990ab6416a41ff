"""Does every mail reach a real server once, whatever the server does?"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lingang.addresses import MailTransport
from milestones.models import MailState, OutgoingMail, Person, Reminder
from milestones.people import operations as people
from milestones.reminders import claims, delivery, holder
from tests.reminders.world import SYSTEM, World, at
from tests.servers.smtp import SmtpSink

TUESDAY = datetime(2023, 6, 27, 2, tzinfo=UTC)


@pytest.fixture
def server(settings: Any, smtp_sink: SmtpSink) -> SmtpSink:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    return smtp_sink


def queued(world: World, count: int) -> list[OutgoingMail]:
    """A digest each for `count` owners."""
    for number in range(count):
        owner = world.person(f"owner{number:03}", "owner")
        world.milestone(f"M-{number:03}", accountable=owner)
    world.sweep(TUESDAY.date())
    return list(OutgoingMail.objects.order_by("due_at", "id"))


def deliver(now: datetime = TUESDAY, **options: Any) -> delivery.Delivered:
    return delivery.deliver(lambda: now, **options)


def states() -> Counter[str]:
    return Counter(OutgoingMail.objects.values_list("state", flat=True))


def received(server: SmtpSink) -> Counter[str]:
    return Counter(address for one in server.received for address in one.recipients)


def test_each_mail_arrives_once_and_its_reminders_are_sent(world: World, server: SmtpSink) -> None:
    queued(world, 3)
    assert deliver(at(TUESDAY.date())).sent == 3
    assert set(received(server).values()) == {1}
    assert server.sessions == 1
    assert set(Reminder.objects.filter(mail__isnull=False).values_list("state", flat=True)) == {"sent"}
    assert all(mail.server_reply == "250 2.0.0 Taken" for mail in OutgoingMail.objects.all())
    assert deliver(at(TUESDAY.date())).sent == 0


def test_a_refused_recipient_fails_with_the_servers_words_and_blocks_nobody(world: World, server: SmtpSink) -> None:
    queued(world, 3)
    server.refuse("owner001@example.org")
    done = deliver(at(TUESDAY.date()))
    assert (done.sent, done.failed) == (2, 1)
    failed = OutgoingMail.objects.get(state="failed")
    assert failed.server_reply == "550 5.1.1 No such mailbox"
    assert [r.state for r in failed.reminders.all()] == ["failed"]


def test_a_failed_mail_can_be_sent_again(world: World, server: SmtpSink) -> None:
    from milestones.actors import Actor

    queued(world, 1)
    server.refuse("owner000@example.org", "550 5.7.1 Not from you")
    deliver(at(TUESDAY.date()))
    server.accept_again("owner000@example.org")
    mail = OutgoingMail.objects.get()
    delivery.resend(mail, actor=Actor(world.office, "admin"), now=at(TUESDAY.date()))
    deliver(at(TUESDAY.date()))
    assert states() == {"sent": 1}
    assert [r.state for r in mail.reminders.all()] == ["sent"]


def test_a_refusal_for_now_is_tried_again_later(world: World, server: SmtpSink) -> None:
    queued(world, 1)
    server.refuse("owner000@example.org", "451 4.7.1 Greylisted, come back later")
    now = at(TUESDAY.date())
    assert deliver(now).retry == 1
    mail = OutgoingMail.objects.get()
    assert mail.server_reply.startswith("451")
    assert not mail.handed_over
    assert now + timedelta(seconds=40) < mail.due_at < now + timedelta(seconds=80)
    server.accept_again("owner000@example.org")
    assert deliver(now).sent == 0
    assert deliver(mail.due_at).sent == 1


def test_the_server_being_down_costs_time_and_nothing_else(world: World, server: SmtpSink) -> None:
    queued(world, 3)
    server.down()
    now = at(TUESDAY.date())
    done = deliver(now)
    assert done.unavailable
    assert states() == {"retry": 3}
    assert set(OutgoingMail.objects.values_list("attempts", flat=True)) == {0}
    assert all("Connection" in mail.server_reply for mail in OutgoingMail.objects.all())
    server.up()
    assert deliver(now + timedelta(seconds=40)).sent == 3


@pytest.mark.parametrize("moment", ["recipient", "data"])
def test_a_connection_that_breaks_before_the_answer_loses_nothing(world: World, server: SmtpSink, moment: Any) -> None:
    queued(world, 3)
    server.hang_up(moment)
    now = at(TUESDAY.date())
    done = deliver(now)
    assert done.sent + done.retry == 3
    deliver(now + timedelta(minutes=5))
    assert states() == {"sent": 3}
    assert set(received(server).values()) == {1}


def test_an_answer_that_was_lost_is_the_documented_double_with_the_same_bytes(world: World, server: SmtpSink) -> None:
    [mail] = queued(world, 1)
    server.hang_up("accepted")
    now = at(TUESDAY.date())
    deliver(now)
    mail.refresh_from_db()
    assert (mail.state, mail.handed_over) == ("retry", True)
    deliver(now + timedelta(minutes=5))
    first, second = server.received
    assert first.content == second.content


def test_what_may_have_been_accepted_goes_out_unchanged_though_an_item_fell_out(world: World, server: SmtpSink) -> None:
    from milestones.models import Milestone

    owner = world.owner
    for code in ("M-1", "M-2"):
        world.milestone(code, accountable=owner)
    world.sweep(TUESDAY.date())
    server.hang_up("accepted")
    now = at(TUESDAY.date())
    deliver(now)
    Milestone.objects.filter(code="M-2").update(accountable=world.coordinator)
    deliver(now + timedelta(minutes=5))
    first, second = server.received
    assert first.content == second.content


def test_a_slow_server_is_waited_for(world: World, server: SmtpSink) -> None:
    queued(world, 2)
    server.answer_slowly(0.5)
    assert deliver(at(TUESDAY.date())).sent == 2


def test_one_bad_row_steps_aside(world: World, server: SmtpSink) -> None:
    queued(world, 3)
    Person.objects.filter(email="owner001@example.org").update(email="ö" * 3 + "@example.org")
    done = deliver(at(TUESDAY.date()))
    assert (done.sent, done.failed) == (2, 1)
    assert OutgoingMail.objects.get(state="failed").server_reply.startswith("not sent: ")


def test_a_limit_is_kept(world: World, server: SmtpSink) -> None:
    queued(world, 5)
    assert deliver(at(TUESDAY.date()), limit=2).sent == 2
    assert states() == {"sent": 2, "queued": 3}


def test_a_digest_that_waits_over_a_day_off_leaves_on_the_next_working_morning(world: World, server: SmtpSink) -> None:
    friday = datetime(2023, 6, 16, tzinfo=UTC)
    world.milestone("M-1", friday.date())
    world.sweep(friday.date())
    saturday = at(friday.date() + timedelta(days=1), 10, 0)
    assert deliver(saturday).sent == 0
    mail = OutgoingMail.objects.get()
    assert mail.due_at == at(friday.date() + timedelta(days=3), 8, 0)
    assert deliver(mail.due_at).sent == 1


def test_nobody_who_left_gets_a_mail(world: World, server: SmtpSink) -> None:
    [mail] = queued(world, 1)
    type(world.owner).objects.filter(pk=mail.recipient_id).update(is_active=False)
    assert deliver(at(TUESDAY.date())).suppressed == 1
    assert states() == {"suppressed": 1}
    assert Reminder.objects.get(mail=mail).reason == "person_inactive"


def test_the_lease_of_a_process_that_is_gone_ends_at_once(world: World, server: SmtpSink) -> None:
    mails = queued(world, 3)
    now = at(TUESDAY.date())
    gone = f"{holder.host()}:999999:12345:1"
    claims.claim(10, now, now, by=gone)
    deliver(now)
    assert states() == {"sent": 3}
    first, *others = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).order_by("id")
    assert first.handed_over
    assert not any(mail.handed_over for mail in others)


def test_the_lease_of_another_machine_is_waited_for(world: World, server: SmtpSink) -> None:
    queued(world, 2)
    now = at(TUESDAY.date())
    claims.claim(10, now, now, by="elsewhere:17:12345:1")
    assert deliver(now + claims.LEASE - timedelta(seconds=1)).sent == 0
    assert deliver(now + claims.LEASE).sent == 2


def test_a_worker_that_lost_its_lease_stops_and_marks_nothing(world: World, server: SmtpSink) -> None:
    [mail] = queued(world, 1)
    now = at(TUESDAY.date())
    claims.claim(10, now, now, by="elsewhere:17:12345:1")
    from milestones.reminders import marks

    assert not marks.accepted(mail, "250", now, now, by="somebody:1:1:1")
    assert states() == {"sending": 1}


def test_the_outbox_can_be_written_to_a_folder(world: World, settings: Any, tmp_path: Any) -> None:
    settings.MAIL_TRANSPORT = MailTransport("file", path=tmp_path / "mail")
    [mail] = queued(world, 1)
    deliver(at(TUESDAY.date()))
    assert [path.name for path in (tmp_path / "mail").iterdir()] == [f"{mail.pk}-1.eml"]


def test_the_sent_links_work_and_the_stored_ones_do_not(world: World, server: SmtpSink) -> None:
    from milestones import links

    [mail] = queued(world, 1)
    deliver(at(TUESDAY.date()))
    message = server.messages[0]
    header = str(message["List-Unsubscribe"]).strip("<>")
    token = header.rstrip("/").rpartition("/")[2]
    assert links.read(token, "mute", now=mail.created_at).mail == mail
    assert token in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "•••" in mail.text


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_nothing_twice(smtp_world: World, server: SmtpSink) -> None:
    """Threads of one process are told apart by the number of their run."""
    from django.db import connection

    queued(smtp_world, 40)

    def work() -> None:
        try:
            delivery.deliver(timezone.now, as_of=at(TUESDAY.date()))
        finally:
            connection.close()

    crew = [threading.Thread(target=work) for _ in range(4)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert set(received(server).values()) == {1}
    assert states() == {MailState.SENT: 40}


def test_the_wait_grows_and_is_bounded() -> None:
    assert timedelta(seconds=40) < delivery.backoff(1) < timedelta(seconds=80)
    assert timedelta(hours=1, minutes=30) < delivery.backoff(30) < timedelta(hours=2, minutes=30)


def test_a_sender_that_the_server_does_not_like_fails_no_mail(world: World, server: SmtpSink) -> None:
    """A 5xx to MAIL FROM is a fault of the settings: everything waits, with the server's words, and nothing is lost."""
    queued(world, 3)
    server.dislike_the_sender("553 5.7.1 Mail from must equal authorized user")
    done = deliver(at(TUESDAY.date()))
    assert (done.failed, done.unavailable) == (0, "553 5.7.1 Mail from must equal authorized user")
    assert states() == {"retry": 3}


def test_a_server_that_wants_a_new_session_gets_one(world: World, server: SmtpSink) -> None:
    queued(world, 6)
    server.mails_a_session = 2
    assert deliver(at(TUESDAY.date())).sent == 6
    assert server.sessions == 3
    assert set(received(server).values()) == {1}


def test_a_resent_mail_goes_to_the_present_address(world: World, server: SmtpSink) -> None:
    [mail] = queued(world, 1)
    server.refuse("owner000@example.org")
    deliver(at(TUESDAY.date()))
    mail.refresh_from_db()
    assert mail.recipient is not None
    people.edit(mail.recipient, {"email": "right@example.org"}, actor=SYSTEM, now=at(TUESDAY.date()))
    delivery.resend(mail, actor=SYSTEM, now=at(TUESDAY.date()))
    deliver(at(TUESDAY.date()))
    assert received(server) == {"right@example.org": 2}  # the mail, and that the address is another
