"""What do reports of mails that came back change, and what do they not?"""

from __future__ import annotations

import mailbox
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from lingang.addresses import MailTransport
from milestones.models import OutgoingMail, Person, Reminder
from milestones.people import bouncing
from milestones.people import operations as people
from milestones.reminders import bounces, delivery
from milestones.reminders.bounces import Became
from tests.mail import reports
from tests.reminders.world import SYSTEM, World, at
from tests.servers.smtp import SmtpSink

DAY = datetime(2023, 6, 27).date()
SENT = at(DAY, 9, 0)
NOW = at(DAY, 15, 0)


@pytest.fixture
def mail(world: World, settings: Any, smtp_sink: SmtpSink) -> OutgoingMail:
    """A digest to the owner that the server took."""
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    world.milestone("M-1")
    world.sweep(DAY, 9, 0)
    delivery.deliver(lambda: SENT)
    return OutgoingMail.objects.get(recipient=world.owner, state="sent")


def take(content: bytes, now: datetime = NOW) -> list[Became]:
    return [told.became for told in bounces.take(content, now=now)]


def owner() -> Person:
    return Person.objects.get(email="owner@example.org")


@pytest.mark.parametrize("server", [reports.postfix, reports.exchange, reports.netease, reports.qq])
def test_a_mail_that_came_back_is_known_as_such(mail: OutgoingMail, server: Callable[[OutgoingMail], bytes]) -> None:
    [told] = bounces.take(server(mail), now=NOW)
    assert (told.became, told.marked) == (Became.RETURNED, True)
    mail.refresh_from_db()
    assert mail.state == "bounced"
    assert mail.server_reply.startswith("550 ")
    assert set(Reminder.objects.filter(mail=mail).values_list("state", flat=True)) == {"failed"}
    assert owner().bouncing_since == NOW
    assert owner().bounce_reply == mail.server_reply


def test_the_same_report_again_changes_nothing(mail: OutgoingMail) -> None:
    assert take(reports.postfix(mail)) == [Became.RETURNED]
    bouncing.clear_bouncing(owner(), actor=SYSTEM, now=NOW)
    assert take(reports.postfix(mail), NOW + timedelta(hours=1)) == [Became.KNOWN]
    assert owner().bouncing_since is None


def test_somebody_else_is_reminded_after_a_report(mail: OutgoingMail, world: World, smtp_sink: SmtpSink) -> None:
    take(reports.postfix(mail))
    world.sweep(DAY)
    world.deliver(DAY)
    assert len(smtp_sink.to("coordinator@example.org")) == 1
    world.play(DAY + timedelta(days=1), DAY + timedelta(days=5))
    assert len(smtp_sink.to("owner@example.org")) == 1


def test_a_refused_content_returns_the_mail_and_marks_nobody(mail: OutgoingMail) -> None:
    content = reports.postfix(mail, status="5.7.1", words="554 5.7.1 Spam message rejected")
    assert take(content) == [Became.RETURNED]
    assert OutgoingMail.objects.get(pk=mail.pk).state == "bounced"
    assert owner().bouncing_since is None


def test_a_full_mailbox_marks_nobody(mail: OutgoingMail) -> None:
    assert take(reports.postfix(mail, status="5.2.2", words="552 5.2.2 Mailbox full")) == [Became.RETURNED]
    assert owner().bouncing_since is None


def test_a_delay_an_absence_note_and_a_broken_report_change_nothing(mail: OutgoingMail) -> None:
    assert take(reports.delayed(mail)) == [Became.WAITING]
    assert take(reports.absence_note(mail)) == [Became.NO_REPORT]
    assert take(reports.without_recipient(mail)) == [Became.BROKEN]
    assert OutgoingMail.objects.get(pk=mail.pk).state == "sent"
    assert owner().bouncing_since is None


def test_a_forged_report_marks_nobody_else(mail: OutgoingMail, world: World) -> None:
    """Whoever got a mail knows its Message-ID: it speaks for the address of that mail only."""
    other = reports.postfix(mail).replace(b"owner@example.org", b"office@example.org")
    assert take(other) == [Became.FOREIGN]
    unknown = reports.postfix(OutgoingMail(to="office@example.org", subject="x", created_at=SENT))
    assert take(unknown) == [Became.FOREIGN]
    assert not Person.objects.filter(bouncing_since__isnull=False).exists()


def test_a_report_of_a_mail_that_is_long_gone_is_not_believed(mail: OutgoingMail) -> None:
    assert take(reports.postfix(mail), SENT + timedelta(days=14, seconds=1)) == [Became.FOREIGN]
    assert take(reports.postfix(mail), SENT + timedelta(days=13)) == [Became.RETURNED]


def test_a_mail_that_did_not_leave_cannot_come_back(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(state="queued")
    assert take(reports.postfix(mail)) == [Became.FOREIGN]


def test_an_old_address_marks_nobody(mail: OutgoingMail, world: World) -> None:
    people.edit(owner(), {"email": "right@example.org"}, actor=SYSTEM, now=NOW)
    assert take(reports.postfix(mail)) == [Became.RETURNED]
    assert not Person.objects.filter(bouncing_since__isnull=False).exists()


def test_a_report_of_the_first_sending_does_not_return_the_second(mail: OutgoingMail) -> None:
    content = reports.postfix(mail)
    take(content)
    bouncing.clear_bouncing(owner(), actor=SYSTEM, now=NOW)
    mail.refresh_from_db()
    delivery.resend(mail, actor=SYSTEM, now=NOW)
    delivery.deliver(lambda: NOW)
    assert take(content, NOW + timedelta(hours=1)) == [Became.FOREIGN]
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert take(reports.postfix(mail), NOW + timedelta(hours=1)) == [Became.RETURNED]


# --- The command ------------------------------------------------------------------------------------------------------
def filled(box: mailbox.Mailbox[Any], *contents: bytes) -> None:
    for content in contents:
        box.add(content)
    box.flush()
    box.close()


def contents(box: mailbox.Mailbox[Any]) -> list[bytes]:
    found = [message.as_bytes() for message in box]
    box.close()
    return found


def mbox(path: Path) -> mailbox.Mailbox[Any]:
    return mailbox.mbox(path / "bounces")


def maildir(path: Path) -> mailbox.Mailbox[Any]:
    return mailbox.Maildir(path / "bounces")


def run(path: Path, *options: str) -> tuple[str, int]:
    """What was printed, and the exit code."""
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        try:
            call_command("read-bounces", str(path / "bounces"), *options, stdout=out)
        except CommandError as error:
            return f"{out.getvalue()}{error}", error.returncode
    return out.getvalue(), 0


@pytest.mark.parametrize("kind", [mbox, maildir])
def test_a_mailbox_is_read_and_each_report_told(mail: OutgoingMail, tmp_path: Path, kind: Any) -> None:
    foreign = reports.postfix(OutgoingMail(to="office@example.org", subject="x", created_at=SENT))
    four = (reports.absence_note(mail), reports.delayed(mail), reports.postfix(mail), foreign)
    filled(kind(tmp_path), *four)
    told, code = run(tmp_path)
    assert code == 0
    assert "returned 1  known 0  waiting 1  foreign 1  no report 1  broken 0  marked 1" in told
    assert "owner@example.org  550 5.1.1" in told
    assert len(contents(kind(tmp_path))) == 4
    again, _code = run(tmp_path)
    assert "returned 0  known 1  waiting 1  foreign 1  no report 1  broken 0  marked 0" in again


@pytest.mark.parametrize("kind", [mbox, maildir])
def test_what_was_read_can_be_removed_and_nothing_else(mail: OutgoingMail, tmp_path: Path, kind: Any) -> None:
    filled(kind(tmp_path), reports.absence_note(mail), reports.postfix(mail), reports.delayed(mail))
    _told, code = run(tmp_path, "--delete")
    left = contents(kind(tmp_path))
    assert (code, len(left)) == (0, 2)
    assert not any(b"Action: failed" in content for content in left)


@pytest.mark.parametrize("kind", [mbox, maildir])
def test_a_broken_report_does_not_stop_the_others(mail: OutgoingMail, tmp_path: Path, kind: Any) -> None:
    filled(kind(tmp_path), reports.without_recipient(mail), reports.postfix(mail))
    told, code = run(tmp_path, "--delete")
    assert code == 3
    assert "returned 1" in told
    assert "no recipient" in told
    assert len(contents(kind(tmp_path))) == 1


def test_a_mailbox_that_somebody_uses_is_not_touched(mail: OutgoingMail, tmp_path: Path) -> None:
    filled(mbox(tmp_path), reports.postfix(mail))
    (tmp_path / "bounces.lock").touch()
    told, code = run(tmp_path, "--delete")
    assert (code, "in use" in told) == (1, True)
    assert OutgoingMail.objects.get(pk=mail.pk).state == "sent"


def test_what_is_no_mailbox_is_said(db: None, tmp_path: Path) -> None:
    assert run(tmp_path)[1] == 1
    (tmp_path / "bounces").write_text("hello")
    assert "no mbox" in run(tmp_path)[0]
    (tmp_path / "bounces").unlink()
    (tmp_path / "bounces").mkdir()
    assert "no Maildir" in run(tmp_path)[0]


def test_a_large_message_is_read_as_far_as_is_needed(mail: OutgoingMail, tmp_path: Path) -> None:
    filled(mbox(tmp_path), reports.postfix(mail) + b"x" * 70 + b"\r\n" * 2_000_000)
    assert "returned 1" in run(tmp_path)[0]
