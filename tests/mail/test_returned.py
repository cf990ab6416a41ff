"""Are reports read as real servers write them?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from milestones.mail import returned, verdicts
from milestones.models import OutgoingMail
from tests.mail import reports

SENT = datetime(2023, 6, 27, 2, tzinfo=UTC)
MAIL = OutgoingMail(to="gone@example.org", subject="工作提醒", created_at=SENT, sent_at=SENT)

SERVERS = [reports.postfix, reports.exchange, reports.netease, reports.qq]


@pytest.mark.parametrize("server", SERVERS)
def test_a_report_names_the_mail_the_address_and_the_words(server: Callable[[OutgoingMail], bytes]) -> None:
    report = returned.read(server(MAIL))
    assert report is not None
    assert MAIL.pk in report.mails
    assert report.written_at == SENT
    [one] = report.recipients
    assert one.addresses == ("gone@example.org",)
    assert one.action == "failed"
    assert one.words.startswith("550 ")
    assert verdicts.is_dead(one.words, one.status)


def test_chinese_words_are_read_in_both_encodings() -> None:
    for server in (reports.netease, reports.qq):
        report = returned.read(server(MAIL))
        assert report is not None
        assert "不存在" in report.recipients[0].words


def test_folded_words_become_one_line() -> None:
    report = returned.read(reports.exchange(MAIL))
    assert report is not None
    assert report.recipients[0].words.endswith("RecipientNotFound; Recipient not found by SMTP address lookup")


def test_a_delay_is_no_failure() -> None:
    report = returned.read(reports.delayed(MAIL))
    assert report is not None
    assert report.recipients[0].action == "delayed"


def test_what_has_no_status_part_is_no_report() -> None:
    assert returned.read(reports.absence_note(MAIL)) is None
    assert returned.read(b"") is None
    assert returned.read(b"\xff\xfe\x00 nothing") is None


def test_a_report_inside_a_returned_mail_is_not_looked_at() -> None:
    inner = reports.postfix(MAIL)
    outer = b'Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n' + inner
    assert returned.read(outer + b"\r\n--o--\r\n") is None


def test_a_report_that_names_nobody_cannot_be_read() -> None:
    with pytest.raises(returned.Unreadable, match="no recipient"):
        returned.read(reports.without_recipient(MAIL))


def test_a_report_of_several_recipients_is_read_whole() -> None:
    content = reports.postfix(MAIL)
    second = b"Final-Recipient: rfc822; other@example.org\r\nAction: relayed\r\nStatus: 2.1.5\r\n\r\n--4RkZ1y0"
    parts = content.split(b"--4RkZ1y0.1687824000/relay.example.org\r\nContent-Description: Undelivered")
    report = returned.read(
        second.join([parts[0], b".1687824000/relay.example.org\r\nContent-Description: Undelivered" + parts[1]])
    )
    assert report is not None
    assert [(one.addresses[0], one.action) for one in report.recipients] == [
        ("gone@example.org", "failed"),
        ("other@example.org", "relayed"),
    ]


def test_a_cut_off_report_is_read_as_far_as_it_goes() -> None:
    content = reports.postfix(MAIL)
    for length in range(0, len(content), 37):
        with suppress(returned.Unreadable):
            returned.read(content[:length])
