"""Does every mail say in the reader's language what it is about, why it came and how to stop it?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from milestones.mail import catalogue, digest
from milestones.models import OutgoingMail, Person
from milestones.planning.calendars import calendar
from milestones.workdays.periods import FuzzyDate, Precision
from tests.web.cast import TODAY, Cast

HAN = re.compile("[\u4e00-\u9fff]")
OURS = re.compile(r"owner 某|中银西岛中心结构封顶|“荣耀之环”结构完成|节点\d*")


def letters(cast: Cast, person: Person) -> dict[str, OutgoingMail]:
    roof, reason, now = cast.roof, 'R&D "late"', TODAY
    year = FuzzyDate(date(2023, 12, 31), Precision.YEAR)
    return {
        "duties": catalogue.duties(person, [roof, cast.ring], reason=reason, now=now),
        "rescheduled": catalogue.rescheduled(person, roof, year, reason=reason, now=now),
        "submitted": catalogue.submitted(person, roof, roof.due, now=now),
        "verified": catalogue.verified(person, roof, now=now),
        "returned": catalogue.returned(person, roof, reason=reason, now=now),
        "invitation": catalogue.invitation(person, now=now),
        "password_reset": catalogue.password_reset(person, now=now),
        "test": catalogue.test(person, now=now),
        "digest": digest.digest("digest", person, items(cast, 2), TODAY.date(), calendar(), now=now),
        "due_today": digest.digest("due_today", person, items(cast, 1), TODAY.date(), calendar(), now=now),
    }


def items(cast: Cast, number: int) -> list[digest.Item]:
    """`number` reminders, by turns overdue, due today, soon and for the quarter's pace."""
    due: list[tuple[date, str, str]] = [
        (date(2023, 9, 15), "day", "after_due"),
        (TODAY.date(), "day", "on_due"),
        (date(2023, 9, 27), "day", "before_due"),
        (date(2023, 12, 31), "year", "pace_check"),
    ]
    values: dict[str, Any] = {
        "reminder": None,
        "recipient": None,
        "milestone": cast.roof.pk,
        "step": "",
        "day": TODAY.date(),
    }
    rows = [(n, *due[n % 4]) for n in range(number)]
    return [
        digest.Item(
            **values, code=f"N-{n:02}", title=f"节点{n}", title_en=f"Milestone {n}", plan_code="p-2023", plan_year=2023,
            due_on=on, due_precision=precision, anchor=anchor,
        )
        for n, on, precision, anchor in rows
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_is_whole_in_both_languages(cast: Cast, language: str) -> None:
    cast.owner.language = language
    for name, mail in letters(cast, cast.owner).items():
        for part in (mail.subject, mail.text, mail.html):
            assert bool(HAN.search(OURS.sub("", re.sub("<style.*?</style>", "", part, flags=re.DOTALL)))) == (
                language == "zh-hans"
            ), (name, part)
        assert "{" not in mail.text + re.sub("<style.*?</style>", "", mail.html, flags=re.DOTALL), name
        assert "&" not in mail.text.replace("R&D", ""), f"{name} is text, not HTML"
        assert "&amp;" not in mail.subject
        assert "<script" not in mail.html
        if name not in ("invitation", "password_reset"):
            assert ("为何收到" if language == "zh-hans" else "Why you get this") in mail.text, name
        assert ("严禁" if language == "zh-hans" else "No classified matter") in mail.text, name


def test_the_subject_of_a_digest_counts(cast: Cast) -> None:
    mail = letters(cast, cast.owner)["digest"]
    assert mail.subject == "【临港节点】9月21日：1 项逾期，1 项今天到期"
    assert "应 9月15日，逾期 4 个工作日" in mail.text
    assert "/do/mute/•••/" in mail.text
    assert "/do/mute/•••/" in mail.html


def test_what_falls_due_today_cannot_be_muted(cast: Cast) -> None:
    mail = letters(cast, cast.owner)["due_today"]
    assert "/do/mute/" not in mail.text + mail.html
    assert "不能停收" in mail.text


def test_a_fuzzy_date_stays_fuzzy(cast: Cast) -> None:
    mail = letters(cast, cast.owner)["rescheduled"]
    assert "年内（按12月31日计） → 10月31日" in mail.text
    assert re.search(r'<span class="fuzzy"[^>]*style="[^"]*dashed[^>]*>年内</span>', mail.html)


def test_a_full_digest_is_small(cast: Cast) -> None:
    mail = digest.digest("digest", cast.owner, items(cast, 50), TODAY.date(), calendar(), now=TODAY)
    assert len(mail.html.encode()) + len(mail.text.encode()) < 100_000
    assert "另有 20 项" in mail.text
    assert mail.html.count('class="what"') == 30


def test_html_is_escaped(cast: Cast) -> None:
    cast.owner.display_name = "<b>x</b>"
    mail = letters(cast, cast.owner)["duties"]
    assert "&lt;b&gt;x" in mail.html
    assert "<b>x</b>" in mail.text
