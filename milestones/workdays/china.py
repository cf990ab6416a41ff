"""Which days of a year do the State Council's notices take off or put on?

Source: the yearly 国务院办公厅关于…年部分节假日安排的通知, as carried by the `holidays` library
(国办发明电〔2022〕16号 for 2023, 国办发明电〔2023〕7号 for 2024, 国办发明电〔2024〕12号 for 2025,
国办发明电〔2025〕7号 for 2026), over the statutory days of 全国年节及纪念日放假办法.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

MAKE_UP_NAME = "班"
ENGLISH_NAMES = {
    "元旦": "New Year's Day",
    "农历除夕": "Spring Festival",
    "春节": "Spring Festival",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    MAKE_UP_NAME: "make-up working day",
}

_REMARK = re.compile(r"\s*[（(][^）)]*[）)]")
_IN_LIEU = "休息日"
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class PublishedYear:
    """A year as published: days off with their Chinese names, and make-up days that are worked.

    `days_off` has only days of this year; a weekend inside a holiday block is in it only when it
    is a statutory day itself. `make_up` are the Saturdays and Sundays worked instead.
    """

    days_off: dict[date, str]
    make_up: frozenset[date]

    @property
    def is_provisional(self) -> bool:
        """Whether no make-up day of its own is known: the year's notice is not published yet.

        No year since 2001 was without one. Years before that have no notices at all, and count
        as provisional too: they are Monday to Friday minus statutory days.
        """
        return not self.make_up

    def is_workday(self, day: date) -> bool:
        """Whether the notices, before any override, make `day` (of this year) a working day."""
        if day in self.make_up:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off


@cache
def published_year(year: int) -> PublishedYear:
    """The published holidays of `year`; outside 1950–2100 the library knows none."""
    table = holidays.country_holidays("CN", years=year, expand=False, language="zh_CN")
    names = {day: name for day, name in table.items() if day.year == year}
    # The library lists make-up days of other years (2001–2011) in every year's table.
    make_up = frozenset(day for day in table.weekend_workdays if day.year == year)
    return PublishedYear({day: _plain_name(day, names) for day in sorted(names)}, make_up)


def _plain_name(day: date, names: dict[date, str]) -> str:
    """国庆节 for 国庆节（补假）, and for a day in lieu the nearest holiday of its block."""
    name = _REMARK.sub("", names[day]).replace("; ", "、")
    if not name.startswith(_IN_LIEU):
        return name
    for step in range(1, 8):
        for near in (day - timedelta(days=step), day + timedelta(days=step)):
            found = _REMARK.sub("", names.get(near, _IN_LIEU))
            if not found.startswith(_IN_LIEU):
                return found.replace("; ", "、")
    return name
