"""How is each kind of date said in both languages, and does a fuzzy one ever look exact?"""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from milestones import wording
from milestones.workdays.periods import FuzzyDate, Precision, period_of

# day, precision: in a text of that year | in a text of another year | with the day it counts as
CHINESE = """
2023-11-17 day       | 11月17日   | 2023年11月17日   | 11月17日
2023-06-30 month     | 6月底前    | 2023年6月底前    | 6月底前（按6月30日计）
2023-02-28 month     | 2月底前    | 2023年2月底前    | 2月底前（按2月28日计）
2023-03-31 quarter   | 一季度末   | 2023年一季度末   | 一季度末（按3月31日计）
2023-06-30 quarter   | 二季度末   | 2023年二季度末   | 二季度末（按6月30日计）
2023-09-30 quarter   | 三季度末   | 2023年三季度末   | 三季度末（按9月30日计）
2023-12-31 quarter   | 四季度末   | 2023年四季度末   | 四季度末（按12月31日计）
2023-06-30 half_year | 上半年     | 2023年上半年     | 上半年（按6月30日计）
2023-12-31 half_year | 下半年     | 2023年下半年     | 下半年（按12月31日计）
2023-12-31 year      | 年内       | 2023年内         | 年内（按12月31日计）
"""
ENGLISH = """
2023-11-17 day       | November 17        | November 17, 2023       | November 17
2023-06-30 month     | by the end of June | by the end of June 2023 | by the end of June (counted as June 30)
2023-05-31 month     | by the end of May  | by the end of May 2023  | by the end of May (counted as May 31)
2023-03-31 quarter   | by the end of Q1   | by the end of Q1 2023   | by the end of Q1 (counted as March 31)
2023-06-30 quarter   | by the end of Q2   | by the end of Q2 2023   | by the end of Q2 (counted as June 30)
2023-09-30 quarter   | by the end of Q3   | by the end of Q3 2023   | by the end of Q3 (counted as September 30)
2023-12-31 quarter   | by the end of Q4   | by the end of Q4 2023   | by the end of Q4 (counted as December 31)
2023-06-30 half_year | in the first half  | in the first half of 2023  | in the first half (counted as June 30)
2023-12-31 half_year | in the second half | in the second half of 2023 | in the second half (counted as December 31)
2023-12-31 year      | within the year    | within 2023             | within the year (counted as December 31)
"""


def rows() -> list[tuple[str, ...]]:
    found = []
    for language, table in (("zh-hans", CHINESE), ("en", ENGLISH)):
        for line in table.strip().splitlines():
            when, *said = (cell.strip() for cell in line.split("|"))
            found.append((language, *when.split(), *said))
    return found


@pytest.mark.parametrize(("language", "day", "precision", "same", "other", "with_day"), rows())
def test_said(language: str, day: str, precision: str, same: str, other: str, with_day: str) -> None:
    value = FuzzyDate(date.fromisoformat(day), Precision(precision))
    with translation.override(language):
        assert wording.period(value, year=2023) == same
        assert wording.period(value, year=2024) == wording.period(value) == other
        assert wording.period_with_day(value, year=2023) == with_day


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(list(Precision)))
def test_a_fuzzy_date_never_looks_exact(language: str, day: date, precision: Precision) -> None:
    value = period_of(day, precision)
    with translation.override(language):
        said, exact = wording.period(value), wording.day(value.on)
        assert (said == exact) == (precision is Precision.DAY)
        assert bool(re.search(r"\d日|\d, \d{4}$", said)) == (precision is Precision.DAY)
        counted = wording.period_with_day(value, year=day.year)
        assert counted.startswith(wording.period(value, year=day.year))
        assert ("按" in counted or "counted as" in counted) == value.is_fuzzy


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_period_of_a_year_is_said_in_its_own_words(language: str) -> None:
    periods = {
        period_of(date(2023, month, 15), p) for month in range(1, 13) for p in Precision if p is not Precision.DAY
    }
    with translation.override(language):
        assert len({wording.period(value) for value in periods}) == len(periods) == 12 + 4 + 2 + 1
