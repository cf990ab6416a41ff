"""Are the bytes of a mail what the standards and the mail contract ask for?"""

from __future__ import annotations

import email
import re
import uuid
from datetime import date
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from milestones import links
from milestones.mail import message
from milestones.models import Milestone, OutgoingMail, Person
from tests.cast import NOW

SUBJECT = "[临港节点] 11月17日：逾期 2 项、今日到期 1 项、临近 12 项、请填报预计 3 项，请于本周内处理完毕并回复督查室"


def mail(**values: Any) -> OutgoingMail:
    person = Person(id=uuid.UUID(int=3), email="wang@example.org", display_name="王小明", password="!x")
    stop = links.placeholder("mute")
    row = {
        "id": uuid.UUID(int=7), "kind": "digest", "recipient": person, "to": person.email, "language": "zh-hans",
        "day": date(2023, 11, 17), "subject": SUBJECT, "text": f"第一行\n第二行\n\n{stop}\n", "created_at": NOW,
        "html": f'<p>中银西岛中心</p>\n<a href="{stop}">停收</a>', "due_at": NOW, **values,
    }  # fmt: skip
    return OutgoingMail(**row)


def parsed(row: OutgoingMail) -> EmailMessage:
    made = email.message_from_bytes(message.build(row), policy=policy.default)
    assert isinstance(made, EmailMessage)
    assert made.defects == []
    return made


@pytest.fixture
def addresses(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "临港督查室 <milestones@lingang.example>"
    settings.REPLY_TO = "督查室 <office@lingang.example>"
    settings.BOUNCE_ADDRESS = "bounces@lingang.example"


@pytest.mark.usefixtures("addresses")
def test_the_headers_of_the_contract() -> None:
    made = parsed(mail())
    assert made["From"].addresses == (Address("临港督查室", "milestones", "lingang.example"),)
    assert made["Reply-To"].addresses == (Address("督查室", "office", "lingang.example"),)
    assert (made["To"], made["Subject"]) == ("wang@example.org", SUBJECT)
    assert made["Date"].datetime == NOW
    assert made["Message-ID"] == f"<{uuid.UUID(int=7)}@localhost>"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["X-Auto-Response-Suppress"] == "All"
    assert made["Content-Language"] == "zh-Hans"
    assert made["MIME-Version"] == "1.0"
    assert message.envelope_sender() == "bounces@lingang.example"


def test_one_click_ends_the_digests_of_this_person() -> None:
    row = mail()
    made = parsed(row)
    assert made["List-Unsubscribe"] == f"<{settings.BASE_URL}/do/mute/{links.sign(row, 'mute')}/>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("kind", ["invitation", "password_reset", "security", "test"])
def test_what_a_person_asked_for_is_not_unsubscribed_from(kind: str) -> None:
    made = parsed(mail(kind=kind))
    assert "List-Unsubscribe" not in made
    assert "List-Unsubscribe-Post" not in made


def test_a_mail_about_one_milestone_belongs_to_its_thread() -> None:
    about = Milestone(id=uuid.UUID(int=9), code="FIN-01")
    first, second = parsed(mail(milestone=about)), parsed(mail(id=uuid.UUID(int=8), milestone=about))
    assert first["References"] == second["References"] == f"<milestone.{uuid.UUID(int=9)}@localhost>"
    assert first["Message-ID"] != second["Message-ID"]
    assert "References" not in parsed(mail())


def test_without_an_office_address_answers_go_to_the_sender(settings: Any) -> None:
    settings.REPLY_TO = ""
    assert parsed(mail())["Reply-To"] == parsed(mail())["From"]


def test_both_parts_come_back_as_they_were_with_their_links() -> None:
    row = mail()
    made = parsed(row)
    assert made.get_content_type() == "multipart/alternative"
    plain, html = made.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part, stored in ((plain, row.text), (html, row.html)):
        assert isinstance(part, EmailMessage)
        assert part.get_content_charset() == "utf-8"
        assert part.get_payload(decode=True).decode() == links.fill(stored, row).replace("\n", "\r\n")  # type: ignore[union-attr]


@pytest.mark.usefixtures("addresses")
@pytest.mark.parametrize("row", [mail(), mail(subject="x" * 300), mail(text="字" * 30000), mail(subject="督" * 300)])
def test_lines_end_in_crlf_and_are_short(row: OutgoingMail) -> None:
    made = message.build(row)
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", made) is None
    assert made.isascii()
    assert made.endswith(b"--\r\n")
    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    long = [line for line in lines if len(line) > 78]
    assert all(line.startswith(b"List-Unsubscribe: <") for line in long), long


def test_lines_of_any_ending_become_crlf_once() -> None:
    plain = next(parsed(mail(text="一\r\n二\n三\r四")).iter_parts())
    assert plain.get_payload(decode=True) == "一\r\n二\r\n三\r\n四".encode()


def test_a_line_with_a_dot_alone_is_no_end_of_the_mail() -> None:
    assert b"\r\n.\r\n" not in message.build(mail(text="一\n.\n二"))


def test_the_same_row_gives_the_same_bytes_and_another_row_others() -> None:
    assert message.build(mail()) == message.build(mail())
    assert message.build(mail()) != message.build(mail(id=uuid.UUID(int=8)))


def subjects() -> st.SearchStrategy[str]:
    """Any text as a subject is stored: white space runs are one space (`render.fill`)."""
    text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)
    pieces = st.sampled_from(
        ["=?utf-8?q?x?=", "=?utf-8?b?eA==?=", '"', "\\", "<a@b>", "督查", "é", "🏗", ",", ";", "=", "?"]
    )
    return (text | st.lists(pieces, min_size=1, max_size=30).map(" ".join)).map(lambda t: " ".join(t.split()))


@given(subjects())
def test_any_subject_comes_back(subject: str) -> None:
    row = mail(subject=subject)
    (line,) = re.findall(rb"Subject: ((?:.|\r\n )*)\r\n", message.build(row))
    assert decoded(line.decode()) == subject
    assert all(len(part) <= 78 for part in b"".join([b"Subject: ", line]).split(b"\r\n"))


def decoded(line: str) -> str:
    """An unstructured header as RFC 2047 reads it: white space between encoded words does not count."""
    from email.header import decode_header, make_header

    return str(make_header(decode_header(line.replace("\r\n ", " "))))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_any_text_comes_back(text: str) -> None:
    plain = next(parsed(mail(text=text)).iter_parts())
    got = plain.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert got.replace("\r\n", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")
