"""Is the text of a holiday notice read as it is meant?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from milestones.workdays import Calendar
from milestones.workdays.announced import Unreadable, read

from .notices import NOTICES, Notice

WEEKDAYS = "一二三四五六日"


def _text(notice: Notice) -> str:
    """The notice in the words it is published in: each block a line, the make-up days behind the last of them."""
    lines = [
        f"{number}、{name}：{_day(first)}至{_day(last)}放假调休，共{(last - first).days + 1}天。"
        for number, (name, (first, last)) in zip("一二三四五六七", notice.blocks.items(), strict=False)
    ]
    return "\n".join([*lines[:-1], f"{lines[-1]}{'、'.join(map(_day, notice.make_up))}上班。", "2022年11月1日"])


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


@pytest.mark.parametrize("year", NOTICES)
def test_every_published_notice_is_read_as_the_calendar_has_it(year: int) -> None:
    days, notice = read(_text(NOTICES[year]), year), NOTICES[year]
    long = {first + timedelta(days=n) for first, last in notice.blocks.values() for n in range((last - first).days + 1)}
    assert {one.day for one in days} == long | set(notice.make_up)
    assert all(one.is_working == Calendar().is_workday(one.day) for one in days)


def test_a_month_and_a_year_said_once_hold_on() -> None:
    text = "二、春节： 2 月 5 日（农历腊月二十九，周五）至１１日放假调休。1月30日（星期六）、2月14日(周日)上班。"
    days = read(text, 2027)
    assert [one.day.isoformat() for one in days if one.is_working] == ["2027-01-30", "2027-02-14"]
    assert [one.day.day for one in days if not one.is_working] == list(range(5, 12))
    assert {one.name for one in days} == {"春节"}


@pytest.mark.parametrize(
    ("words", "year", "first", "last"),
    [
        ("元旦：12月30日至1月1日放假", 2024, date(2023, 12, 30), date(2024, 1, 1)),
        ("元旦：2022年12月31日至2023年1月2日放假", 2023, date(2022, 12, 31), date(2023, 1, 2)),
        ("12月30日至次年1月1日放假", 2023, date(2023, 12, 30), date(2024, 1, 1)),
        ("5月31日-6月2日放假", 2025, date(2025, 5, 31), date(2025, 6, 2)),
    ],
)
def test_a_holiday_may_cross_a_month_and_a_year(words: str, year: int, first: date, last: date) -> None:
    days = [one.day for one in read(words, year)]
    assert (days[0], days[-1], len(days)) == (first, last, 3)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("请各单位认真做好值班工作。", "no_days"),
        ("10月1日（周三）放假", "other_weekday"),  # a Thursday in 2026
        ("2月30日放假", "no_such_day"),
        ("13月1日放假", "no_such_day"),
        ("1月1日至3月1日放假", "too_long"),
        ("5月3日至1日放假", "too_long"),
        ("1月1日放假。\n1月1日上班。", "twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(words: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(words, 2026)
    assert refusal.value.why == why
