"""Which health has a milestone on which day, and with which reason? A table to read."""

# ruff: noqa: E501 - a row of a table is a sentence
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from milestones.changes import health_words
from milestones.models import Health
from milestones.planning.cadence import Cadence
from milestones.planning.health import Facts, Override, Report, assess
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, Precision

DAYS = Calendar()
OPEN = Facts("active", "in_progress", FuzzyDate.parse("2023"), begins=date(2023, 1, 1), since=date(2023, 1, 12))

# due | what else is known | today | health and code | what the reason names | why
#   reported 04-20 40: a report as of 20 April says 40 %; dates are of 2023 unless they have a year
TABLE = """
# Overdue: from the calendar day after the effective day, whatever the working days
2023-05-10 | reported 05-08 90                         | 05-10      | green on_track                | -                         | the day itself
2023-05-10 | reported 05-08 90                         | 05-11      | red overdue                   | 2023-05-10                |
2023-06    | reported 06-28 95                         | 06-30      | green on_track                | -                         | the last day of the month
2023-06    | reported 06-28 95                         | 07-01      | red overdue                   | 2023-06                   |
2023Q3     | reported 09-27 95                         | 09-30      | green on_track                | -                         | a holiday, but not over yet
2023Q3     | reported 09-27 95                         | 10-01      | red overdue                   | 2023Q3                    |
2023H1     | reported 06-28 95                         | 07-01      | red overdue                   | 2023H1                    |
2023       | reported 12-27 95                         | 12-30      | green on_track                | -                         | after the last working day, 29 December
2023       | reported 12-27 95                         | 12-31      | green on_track                | -                         | Sunday, the effective day
2023       | reported 12-27 95                         | 2024-01-01 | red overdue                   | 2023                      |
2023-05-06 | reported 05-06 95                         | 05-06      | green on_track                | -                         | a make-up Saturday is a working day
2023-05-06 | reported 05-06 95                         | 05-07      | red overdue                   | 2023-05-06                |
2023-01-24 | reported 01-12 80                         | 01-24      | yellow due_soon_unreported    | 2023-01-24 2023-01-12     | in the Spring Festival: not over though 20 January passed
2023-01-24 | reported 01-16 80                         | 01-25      | red overdue                   | 2023-01-24                |

# The forecast: late when its effective day is after due's
2023-06    | reported 03-20 40, forecast 2023-06-30    | 04-01      | green on_track                | -                         | the same effective day
2023-06    | reported 03-20 40, forecast 2023-06       | 04-01      | green on_track                | -                         | the same period
2023-06    | reported 03-20 40, forecast 2023Q2        | 04-01      | green on_track                | -                         | another period that ends with it
2023-06    | reported 03-20 40, forecast 2023-07-01    | 04-01      | red forecast_late             | 2023-07-01 2023-06        |
2023-06-15 | reported 03-20 40, forecast 2023-06       | 04-01      | red forecast_late             | 2023-06 2023-06-15        |
2023       | reported 03-20 40, forecast 2023-12       | 04-01      | green on_track                | -                         | within the year
2023       | reported 03-20 40, forecast 2024Q1        | 04-01      | red forecast_late             | 2024Q1 2023               |
2023       | reported 03-20 40, forecast 2023-03-31    | 03-31      | green on_track                | -                         | expected today
2023       | reported 03-20 40, forecast 2023-03-31    | 04-01      | yellow forecast_passed        | 2023-03-31                |
2023       | reported 03-20 40, forecast 2023Q1        | 04-01      | yellow forecast_passed        | 2023Q1                    |
2023-05-10 | forecast 2023-05-20                       | 05-11      | red overdue                   | 2023-05-10                | overdue weighs more

# Due soon: 14 working days before the working deadline, without a current report
2023       | reported 11-29 90                         | 12-10      | yellow report_late            | 2023-12-08 2023-11-29     | a week's report is missing, the window opens tomorrow
2023       | reported 11-29 90                         | 12-11      | yellow due_soon_unreported    | 2023 2023-11-29           |
2023       | reported 12-05 94                         | 12-11      | green on_track                | -                         | last week's, this week's is not due yet
2023       | reported 12-05 94                         | 12-15      | green on_track                | -                         | Friday, this week's deadline
2023       | reported 12-05 94                         | 12-16      | yellow due_soon_unreported    | 2023 2023-12-05           |
2023-02-03 | nothing                                   | 01-12      | yellow due_soon_unreported    | 2023-02-03                | the Spring Festival is not counted
2023-02-07 | nothing                                   | 01-13      | yellow due_soon_unreported    | 2023-02-07                | 14 with the make-up weekend of 28 and 29 January
2023-02-08 | nothing                                   | 01-12      | green on_track                | -                         | 16 before
2023-02-03 | warning 0                                 | 01-12      | green on_track                | -                         | no window but the day itself
2023-02-03 | no reports                                | 02-03      | green on_track                | -                         | a plan that expects none

# Reports: monthly by the 28th, weekly in the last eight weeks
2023       | nothing                                   | 01-28      | green on_track                | -                         | Saturday, but worked: the deadline itself
2023       | nothing                                   | 01-29      | yellow report_late            | 2023-01-28                |
2023       | nothing                                   | 02-20      | yellow report_late            | 2023-01-28                | the same reason on every night
2023       | reported 01-20 1                          | 01-29      | green on_track                | -                         | January is answered
2023       | reported 01-20 10                         | 02-28      | green on_track                | -                         | February's deadline
2023       | reported 01-20 10                         | 03-01      | yellow report_late            | 2023-02-28 2023-01-20     |
2023       | reported 01-20 10                         | 04-30      | yellow report_late            | 2023-02-28 2023-01-20     | March is not named as well
2023       | reported 05-02 40                         | 05-27      | green on_track                | -                         | 28 May is a Sunday: due on Friday 26, answered
2023       | reported 04-20 40                         | 05-26      | green on_track                | -                         | that Friday
2023       | reported 04-20 40                         | 05-27      | yellow report_late            | 2023-05-26 2023-04-20     |
2023       | reported 10-20 85                         | 11-10      | green on_track                | -                         | the first weekly report is due today
2023       | reported 10-20 85                         | 11-11      | yellow report_late            | 2023-11-10 2023-10-20     |
2023       | no reports                                | 09-01      | green on_track                | -                         | a plan that expects none

# 序时进度: at the report's own day, by more than the tolerance of 10 points
2023       | reported 06-30 40                         | 07-01      | green on_track                | -                         | 49.6 % of the time, 9.6 points behind
2023       | reported 06-30 39                         | 07-01      | yellow behind_pace            | 2023-06-30 39 49          |
2023       | reported 06-30 39                         | 07-20      | yellow behind_pace            | 2023-06-30 39 49          | not with every day
2023       | reported 06-30 45, tolerance 0            | 07-01      | yellow behind_pace            | 2023-06-30 45 49          |
2023       | reported 06-30 0, tolerance 100           | 07-01      | green on_track                | -                         | never
2023-06    | reported 05-10 62                         | 05-11      | green on_track                | -                         | 130 of 181 days: 71.8 %
2023-06    | reported 05-10 61                         | 05-11      | yellow behind_pace            | 2023-05-10 61 71          |
2023-06    | reported 05-10 30, begins 04-01           | 05-11      | yellow behind_pace            | 2023-05-10 30 43          |
2023-06    | reported 05-10 34, begins 04-01           | 05-11      | green on_track                | -                         | added in April: 40 of 91 days

# Predecessors
2023       | reported 03-20 40, predecessor FIN-07     | 04-01      | yellow predecessor_red        | FIN-07                    |
2023       | reported 03-20 1, predecessor FIN-07      | 04-01      | yellow behind_pace            | 2023-03-20 1 21           | its own reason weighs more

# Reported as done, done, not done at all
2023-06    | submitted 2023-06-20                      | 08-01      | green awaiting_verification   | 2023-06-20                | however long the verifier takes
2023-06    | submitted 2023-06                         | 08-01      | green awaiting_verification   | 2023-06                   |
2023-06    | submitted 2023-07-01                      | 07-02      | red submitted_late            | 2023-07-01 2023-06        |
2023-06    | submitted 2023-06-20, forecast 2023-09    | 06-21      | green awaiting_verification   | 2023-06-20                |
2023-06    | completed 2023-06-30                      | 09-01      | done done                     | 2023-06-30                |
2023-06    | completed 2023-07-01                      | 09-01      | made_up made_up               | 2023-07-01 2023-06        |
2023-06-15 | completed 2023-06                         | 09-01      | made_up made_up               | 2023-06 2023-06-15        |
2023-06    | cancelled                                 | 09-01      | none                          | -                         |
2023-06    | draft plan                                | 09-01      | none                          | -                         |

# Set by hand
2023       | reported 03-20 40, set red until 04-30    | 04-30      | red override                  | yellow 2023-04-30         | shown on its last day; what was computed stands beside it
2023       | reported 04-20 40, set red until 04-30    | 05-01      | green on_track                | -                         | the day after it ended
2023-04-10 | set green until 04-30                     | 04-20      | green override                | red 2023-04-30            |
2023-06    | completed 2023-06-30, set red until 12-31 | 09-01      | done done                     | 2023-06-30                |
2023-06    | cancelled, set red until 12-31            | 09-01      | none                          | -                         |
"""


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) > 5 else f"2023-{text}")


# What a word of the table says.
KNOWN: dict[str, Callable[..., dict[str, Any]]] = {
    "reported": lambda when, progress: {"report": Report(day(when), int(progress))},
    "forecast": lambda code: {"forecast": FuzzyDate.parse(code)},
    "submitted": lambda code: {"state": "submitted", "actual": FuzzyDate.parse(code)},
    "completed": lambda code: {"state": "completed", "actual": FuzzyDate.parse(code)},
    "set": lambda colour, until, when: {"override": Override(colour, day(when))},
    "begins": lambda when: {"begins": day(when)},
    "predecessor": lambda code: {"red_predecessor": code},
    "warning": lambda number: {"warning_days": int(number)},
    "tolerance": lambda number: {"tolerance": int(number)},
    "cancelled": lambda: {"state": "cancelled"},
    "draft": lambda plan: {"plan_state": "draft"},
    "no": lambda reports: {"cadence": Cadence("none")},
    "nothing": dict,
}


def rows() -> list[str]:
    return [line for line in TABLE.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("line", rows())
def test_health(line: str) -> None:
    due, what, today, expected, named, _why = (cell.strip() for cell in line.split("|"))
    found = assess(given_facts(due, what), day(today), DAYS)
    assert [found.health or "none", *([found.reasons[0].code] if found.reasons else [])] == expected.split()
    assert (" ".join(told(found.reasons[0].params)) if found.reasons else "") == named.strip("-")


def given_facts(due: str, what: str) -> Facts:
    facts = replace(OPEN, due=FuzzyDate.parse(due))
    for one in what.split(", "):
        word, *rest = one.split()
        facts = replace(facts, **KNOWN[word](*rest))
    return facts


def told(params: Any) -> list[str]:
    """What a reason names, as the table writes it."""
    return [
        str(FuzzyDate(date.fromisoformat(value["on"]), Precision(value["precision"])))
        if isinstance(value, dict)
        else str(value)
        for value in params.values()
        if value is not None
    ]


def test_every_reason_that_applies_is_known_the_gravest_first() -> None:
    facts = given_facts("2023-05-10", "reported 01-20 5, forecast 2023-04-01, predecessor FIN-07")
    found = [reason.code for reason in assess(facts, day("05-10"), DAYS).reasons]
    assert found == ["forecast_passed", "due_soon_unreported", "report_late", "behind_pace", "predecessor_red"]
    assert assess(facts, day("05-11"), DAYS).health == "red"


def test_the_office_may_free_a_working_day() -> None:
    """The window opens one day earlier when one of its days is free."""
    facts = given_facts("2023-02-08", "nothing")
    free = Calendar({date(2023, 2, 2): False, date(2023, 2, 3): False})
    assert [assess(facts, day("01-12"), days).health for days in (DAYS, free)] == ["green", "yellow"]


SAID = """
2023       | reported 03-20 40                         | 04-01      | nothing speaks against the date | 未见影响按期完成的情况
2023       | nothing                                   | 2024-01-01 | overdue: it was due within the year (counted as December 31) | 已逾期：应于年内（按12月31日计）完成
2023H1     | nothing                                   | 07-01      | overdue: it was due in the first half (counted as June 30) | 已逾期：应于上半年（按6月30日计）完成
2023-05-10 | nothing                                   | 05-11      | overdue: it was due May 10 | 已逾期：应于5月10日完成
2023-06    | reported 03-20 40, forecast 2023Q3        | 04-01      | the forecast is later than the commitment: by the end of Q3 (counted as September 30), committed by the end of June (counted as June 30) | 预计晚于承诺：预计三季度末（按9月30日计），承诺6月底前（按6月30日计）
2023       | reported 03-20 40, forecast 2023Q1        | 04-01      | the forecast has passed and was not renewed: by the end of Q1 (counted as March 31) | 预计日期已过而未更新：一季度末（按3月31日计）
2023       | reported 11-29 90                         | 12-11      | due soon without a current report: due within the year (counted as December 31), last report as of November 29 | 临近到期而无近期填报：应于年内（按12月31日计）完成，最近一次填报截至11月29日
2023-02-03 | nothing                                   | 01-12      | due soon and not reported on yet: due February 3 | 临近到期而尚未填报：应于2月3日完成
2023       | reported 01-20 10                         | 03-01      | a report is missing: expected by February 28, last report as of January 20 | 缺少填报：应于2月28日前填报，最近一次填报截至1月20日
2023       | nothing                                   | 01-29      | not reported on yet: the first report was expected by January 28 | 尚未填报：首次填报应于1月28日前提交
2023       | reported 06-30 39                         | 07-01      | behind the pace: 39 % on June 30, when 49 % of the time had passed | 落后于序时进度：6月30日完成39%，序时进度为49%
2023       | reported 03-20 40, predecessor FIN-07     | 04-01      | the predecessor FIN-07 is late | 前置节点FIN-07滞后
2023-06    | submitted 2023-06-20                      | 08-01      | submitted as done and waiting for verification: June 20 | 已报送办结，待核销：6月20日
2023-06    | submitted 2023-07-01                      | 07-02      | submitted as done, but late: due by the end of June (counted as June 30), reached July 1 | 已报送办结，但晚于承诺：应于6月底前（按6月30日计）完成，实际7月1日
2023-06    | completed 2023-06-30                      | 09-01      | done: June 30 | 已办结：6月30日
2023-06    | completed 2023-07-01                      | 09-01      | done late: due by the end of June (counted as June 30), reached July 1 | 逾期后办结：应于6月底前（按6月30日计）完成，实际7月1日
2023-06    | cancelled                                 | 09-01      |  |
"""


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_reasons_are_said_in_both_languages_and_fuzzy_dates_stay_fuzzy(line: str) -> None:
    due, what, today, english, chinese = (cell.strip() for cell in line.split("|"))
    stored = assess(given_facts(due, what), day(today), DAYS).reason
    with translation.override("en"):
        assert health_words.reason(stored, year=2023) == english
    with translation.override("zh-hans"):
        assert health_words.reason(stored, year=2023) == chinese


def test_an_override_is_said_with_what_was_computed() -> None:
    stored = assess(given_facts("2023-04-10", "set green until 04-30"), day("04-20"), DAYS).reason
    with translation.override("en"):
        assert health_words.reason(stored, year=2023) == f"set by hand until April 30; computed: {Health.RED.label}"
    with translation.override("zh-hans"):
        assert health_words.reason(stored, year=2023) == f"人工定级，至4月30日；系统判定：{Health.RED.label}"


def test_every_code_has_words() -> None:
    facts = [given_facts(*line.split("|")[:2]) for line in rows()]
    met = {reason.code for one in facts for on in ("04-20", "12-11") for reason in assess(one, day(on), DAYS).reasons}
    assert met | {"override", "submitted_late", "done"} == set(health_words.WORDS)


fuzzy_dates = st.sampled_from([FuzzyDate.parse(code) for code in ("2023", "2023H1", "2023Q3", "2023-06", "2023-05-10")])


@given(due=fuzzy_dates, forecast=st.none() | fuzzy_dates, today=st.dates(date(2023, 1, 12), date(2024, 3, 1)))
def test_a_night_without_news_changes_nothing_but_at_a_deadline(due: FuzzyDate, forecast: Any, today: date) -> None:
    """Between two nights the reason changes only where a deadline lies between them, never its words by themselves."""
    facts = replace(OPEN, due=due, forecast=forecast)
    before, after = (assess(facts, day_, DAYS) for day_ in (today, date.fromordinal(today.toordinal() + 1)))
    if before.reason != after.reason:
        assert before.reasons[0].code != after.reasons[0].code
        order = [Health.GREEN, Health.YELLOW, Health.RED]
        assert order.index(Health(after.health or "")) >= order.index(Health(before.health or ""))
