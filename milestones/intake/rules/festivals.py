"""Which day is the last one before a festival: 春节前, 国庆节前?"""

from __future__ import annotations

from datetime import date, timedelta

from milestones.workdays.china import published_year

# How a text says it → how the published calendar does.
NAMES = {
    "新年": "元旦",
    "元旦": "元旦",
    "春节": "春节",
    "清明": "清明节",
    "五一": "劳动节",
    "劳动节": "劳动节",
    "端午": "端午节",
    "中秋": "中秋节",
    "国庆": "国庆节",
    "十一": "国庆节",
}
_FIXED = {"七一": (6, 30), "八一": (7, 31), "建党节": (6, 30), "建军节": (7, 31)}
WORDS = sorted([*NAMES, *_FIXED], key=len, reverse=True)


def before(said: str, year: int) -> date | None:
    """The day before the first day off; 元旦前 looks to the end of the year. None when the calendar knows none."""
    if said in _FIXED:
        return date(year, *_FIXED[said])
    if NAMES[said] == "元旦":
        return date(year, 12, 31)
    days = published_year(year).days_off
    if not (found := [day for day, name in days.items() if NAMES[said] in name]):
        return None
    first = found[0] - timedelta(days=1)
    return first - timedelta(days=1) if "除夕" in days.get(first, "") else first
