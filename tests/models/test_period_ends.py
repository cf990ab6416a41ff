"""Which days may a date of each precision stand on, and does the database agree with the domain?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from milestones.models import Milestone
from milestones.workdays.periods import FuzzyDate, NotPeriodEnd, Precision, period_end
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# precision: days that end such a period, and days that do not
TABLE = """
day        2023-02-27 2023-02-28 2024-02-29 2023-06-15 | -
month      2023-01-31 2023-02-28 2024-02-29 2023-04-30 | 2023-01-30 2023-02-27 2023-04-29 2023-12-30 2023-06-29
quarter    2023-03-31 2023-06-30 2023-09-30 2023-12-31 | 2023-02-28 2023-01-31 2023-03-30 2023-11-30 2023-04-30
half_year  2023-06-30 2023-12-31                       | 2023-03-31 2023-06-29 2023-09-30 2023-12-30 2023-07-31
year       2023-12-31 2024-12-31                       | 2023-06-30 2023-12-30 2023-11-30 2024-02-29 2023-01-31
"""


def cases() -> list[tuple[str, str, bool]]:
    found = []
    for line in TABLE.strip().splitlines():
        ends, others = line.split("|")
        precision, *days = ends.split()
        found += [(precision, day, True) for day in days]
        found += [(precision, day, False) for day in others.split() if day != "-"]
    return found


def accepted(name: str, precision: str, day: str) -> bool:
    try:
        with transaction.atomic():
            Milestone.objects.update(**{f"{name}_on": day, f"{name}_precision": precision})
    except IntegrityError as error:
        return f"milestone_{name}_period_end" not in str(error)
    return True


@pytest.mark.parametrize("name", ["baseline", "due", "forecast", "actual"])
def test_the_database_takes_the_last_day_of_the_period_only(cast: Cast, name: str) -> None:
    assert [(p, d, accepted(name, p, d)) for p, d, _ in cases()] == cases()


@pytest.mark.parametrize(("precision", "day", "ends"), cases())
def test_the_domain_says_the_same_and_names_the_right_day(precision: str, day: str, ends: bool) -> None:
    on = date.fromisoformat(day)
    if ends:
        assert FuzzyDate(on, Precision(precision)).on == on
        return
    with pytest.raises(NotPeriodEnd) as wrong:
        FuzzyDate(on, Precision(precision))
    assert wrong.value.right_day == period_end(on, Precision(precision)) > on


def test_the_last_days_of_every_month_of_two_years(cast: Cast) -> None:
    """The check lets every end of a period pass, a leap year's February included."""
    day = date(2023, 1, 1)
    while day < date(2025, 1, 1):
        for precision in Precision:
            if day == period_end(day, precision) and (day + timedelta(days=1)).day == 1:
                assert accepted("due", precision, day.isoformat()), (precision, day)
        day += timedelta(days=1)


def test_an_unknown_precision_is_refused(cast: Cast) -> None:
    assert not accepted("due", "decade", "2023-12-31")
