"""Are facts, slips, curves and axes drawn as the dates say?"""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from milestones.changes import labels
from milestones.models import Target
from milestones.templatetags.pages import spoken
from milestones.web.day import elapsed, strip
from milestones.web.facts import Fact, Window
from milestones.web.presenters import words
from milestones.web.presenters.bullets import figure
from milestones.web.presenters.curve import BOTTOM, TOP, curve
from milestones.workdays import Calendar, FuzzyDate

CALENDAR = Calendar()
THURSDAY = date(2023, 9, 21)


@pytest.mark.parametrize(
    ("state", "due", "actual", "fact"),
    [
        ("planned", date(2023, 9, 20), None, Fact.OVERDUE),
        ("submitted", date(2023, 9, 20), None, Fact.OVERDUE),
        ("submitted", date(2023, 9, 22), None, Fact.SUBMITTED),
        ("in_progress", THURSDAY, None, Fact.SOON),
        ("planned", date(2023, 10, 7), None, Fact.SOON),  # the sixth working day: a Saturday, made up for the holiday
        ("planned", date(2023, 10, 9), None, Fact.PLANNED),
        ("in_progress", date(2023, 12, 31), None, Fact.IN_PROGRESS),
        ("completed", date(2023, 9, 1), date(2023, 9, 1), Fact.DONE),
        ("completed", date(2023, 9, 1), date(2023, 9, 2), Fact.MADE_UP),
        ("cancelled", date(2023, 9, 1), None, Fact.CANCELLED),
    ],
)
def test_facts(state: str, due: date, actual: date | None, fact: Fact) -> None:
    assert Window.of(THURSDAY, CALENDAR).fact(state, due, actual) is fact


@pytest.mark.parametrize(
    ("today", "kind", "holiday"),
    [
        (THURSDAY, "工作日", "9月29日至10月6日放假，10月7日、10月8日上班"),
        (date(2023, 10, 7), "调休上班", ""),
        (date(2023, 10, 1), "法定节假日", "10月2日至10月6日放假，10月7日、10月8日上班"),
        (date(2023, 7, 15), "休息日", ""),
    ],
)
def test_the_day_strip(today: date, kind: str, holiday: str) -> None:
    with translation.override("zh-hans"):
        said = strip(today, CALENDAR)
    assert (said.kind, said.holiday) == (kind, holiday)


def test_time_gone_stays_between_nothing_and_all() -> None:
    first, last = date(2023, 1, 1), date(2023, 12, 31)
    assert elapsed(date(2022, 5, 1), first, last) == 0
    assert elapsed(date(2024, 5, 1), first, last) == 100
    assert round(elapsed(THURSDAY, first, last), 1) == 72.3


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2023, 9, 15), "已逾期 4 个工作日"),
        (THURSDAY, "今天到期"),
        (date(2023, 9, 26), "还有 3 个工作日"),
        (date(2023, 10, 31), "还有 24 个工作日"),
    ],
)
def test_distances_are_in_working_days(due: date, said: str) -> None:
    with translation.override("zh-hans"):
        assert words.until(THURSDAY, FuzzyDate(due), CALENDAR) == said


def test_the_curve_climbs_from_nothing_to_all() -> None:
    due = [(date(2023, 6, 30), 1), (date(2023, 12, 31), 3)]
    done = [(date(2023, 5, 1), 1), (date(2023, 11, 1), 3)]  # the second lies after today
    drawn = curve(due, done, first=date(2023, 1, 1), last=date(2023, 12, 31), today=THURSDAY)
    assert drawn is not None
    assert drawn.planned.startswith(f"M34.0 {BOTTOM}")
    assert f"V{TOP}" in drawn.planned
    assert (drawn.planned_now, drawn.done_now) == ("25", "25")
    assert [row.planned for row in drawn.table][5:7] == ["25", "25"]
    assert [row.done for row in drawn.table][8:10] == ["25", None]
    assert "75%" in drawn.cliff


def test_no_curve_without_milestones() -> None:
    assert curve([], [], first=date(2023, 1, 1), last=date(2023, 12, 31), today=THURSDAY) is None


def test_figures_carry_no_false_digits() -> None:
    from decimal import Decimal

    number = Target._meta.get_field("value").to_python
    assert figure(number("1000.0000"), "亿元") == "1,000 亿元"
    assert figure(Decimal("-0.5000"), "%") == "−0.5%"


def test_roles_behind_a_change_are_said_in_words() -> None:
    with translation.override("zh-hans"):
        assert labels.who("金贸处 coordinator/owner") == "金贸处 联络员、责任人"
        assert words.by("督查室 office", "admin") == "督查室 · 后台"
        assert words.by("system", "system") == "系统"


def test_only_what_is_chinese_is_called_so() -> None:
    with translation.override("en"):
        assert spoken("accepted · 复核岗（演示）") == 'accepted · <span lang="zh">复核岗（演示）</span>'
        assert spoken("保税 LNG 加注量") == '<span lang="zh">保税 LNG 加注量</span>'
        assert (
            spoken("61 家 when 74 家 <b>") == '61 <span lang="zh">家</span> when 74 <span lang="zh">家</span> &lt;b&gt;'
        )
    with translation.override("zh-hans"):
        assert spoken("复核岗 & LNG") == "复核岗 &amp; LNG"
