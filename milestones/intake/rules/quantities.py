"""Which numbers with a unit stand in a phrase, and how are they bounded?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from .dates import hidden
from .numerals import HAN, number, whole
from .vocabulary import any_of, words

_SCALES = "万亿|千亿|百亿|千万|百万|十万|亿|万"
UNITS = words("quantities", "units")
# What one unit is also called.
_SAME_UNIT = {
    "百分点": "个百分点",
    "平方千米": "平方公里",
    "平米": "平方米",
    "平方": "平方米",
    "㎡": "平方米",
    "m2": "平方米",
    "立方": "立方米",
    "方": "立方米",
    "m3": "立方米",
    "km": "公里",
    "千米": "公里",
    "标准箱": "标箱",
    "TEU": "标箱",
    "吨标煤": "吨标准煤",
    "工作日": "个工作日",
    "个小时": "小时",
    "人民币": "元",
}
_GRADE = re.compile("级|强|分之|带一路|(?<=成)[立果功员本绩效长品交人为熟]")  # 百亿级, 500强, 一带一路
_WEAK = frozenset(words("quantities", "of_digits"))  # 二期 is a name
LONGEST_UNIT = 20
MANY = 2  # characters of a numeral that counts: 二十期, but 二期
MOST = 10**14  # what a target can hold, with four decimals
DURATIONS = frozenset({"个工作日", "天", "小时", "分钟", "个月"})
SPECIES = "平台 站 学位 床位 车位 泊位 岗位".split()  # what is counted stands where its unit would: 新增学位1.5万
_PLAIN_UNIT = any_of([*UNITS, *_WEAK])
_PER = "(?:/|每)" + any_of(words("quantities", "per"))
_UNIT = f"{_PLAIN_UNIT}(?:{_PER})?"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ONE = rf"(?:{_ARABIC}|[{HAN}]+)"
_MORE = "(?P<more>余|多|来|几)?"
_QUANTITY = re.compile(
    rf"(?<![\d.A-Za-z第{HAN}])(?P<low>{_ONE})(?:\s?(?P<low_scale>{_SCALES})?(?P<low_unit>{_UNIT})?\s?(?:-|~|至|到)\s?"
    rf"(?P<high>{_ONE}))?{_MORE}\s?(?P<scale>{_SCALES})?{_MORE.replace('more', 'more2')}\s?(?P<unit>{_UNIT})?"
)
_PERCENT = re.compile(rf"百分之(?P<low>[{HAN}]+)(?P<more>余)?(?P<more2>多)?(?!点)")
_TIMES = re.compile(rf"翻([{HAN}\d])?番")  # doubled: grown by 100%
_AT_LEAST_BEFORE = re.compile(r"(?:不少于|不低于|不小于|不下|不下于|至少|最少|≥|>=|大于等于|保底)\s?$")
_ABOVE_BEFORE = re.compile(r"(?:超过|突破|超出|多于|高于|大于|(?<!赶)超|逾|>)\s?$")
_AT_MOST_BEFORE = re.compile(
    r"(?:不超过|不超|不高于|不多于|不大于|低于|小于|少于|≤|<=|<|控制在|限制在|压缩到|压缩至|压减到|压减至|缩短至|缩短到|降到|降至|下降到|下降至)\s?$"
)
_ABOUT_BEFORE = re.compile(r"(?:(?<![签预契节条公履])约为?|大约|接近|近|大概)\s?$")
_AFTER = re.compile(
    r"\s?(?:\((?P<in>以上|以内|左右|及以上)\)|(?P<least>及?以上|或以上|[+＋]|起步)|(?P<most>以内|之内|及?以下|内(?![外地需部环]))|(?P<about>左右|上下))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit; it stands at [start, end), bounds included, `bare` is where the number itself begins."""

    start: int
    end: int
    bare: int
    value: Decimal
    unit: str
    bound: str
    value_max: Decimal | None = None
    han: bool = False  # in words of one character, which are often no count

    @property
    def is_percent(self) -> bool:
        return self.unit == "%"

    @property
    def is_bounded(self) -> bool:
        return self.bound != "exactly"


def find(text: str) -> list[Quantity]:
    return sorted(_found(text), key=lambda one: one.start)


def cell(text: str, unit: str = "") -> Quantity | None:
    """Of a table's cell, where the unit may stand in another one."""
    plain = hidden(text)
    if found := find(plain):
        return found[0]
    bare = re.search(_ARABIC, plain)
    if not unit or bare is None:
        return None
    found = find(f"{plain[: bare.end()]}个{plain[bare.end() :]}")  # any unit will do to read number and bound
    return replace(found[0], unit=_same_unit(unit)) if found else None


def _same_unit(unit: str) -> str:
    scale = re.match(f"(?:{_SCALES})?", unit)
    assert scale is not None
    rest = unit[scale.end() :]
    return (scale[0] + _SAME_UNIT.get(rest, rest))[:LONGEST_UNIT]


def _found(text: str) -> Iterator[Quantity]:
    plain = hidden(text)
    for found in _QUANTITY.finditer(plain):
        if (quantity := _quantity(found, plain)) is not None:
            yield quantity
    for found in _PERCENT.finditer(plain):
        bound, start, end = _bound(plain, found)
        yield Quantity(start, end, found.start(), Decimal(whole(found["low"])), "%", bound)
    for found in _TIMES.finditer(plain):
        times = whole(found[1] or "一")
        if 1 <= times <= 9:
            value = Decimal(2**times - 1) * 100
            yield Quantity(found.start(), found.end(), found.start(), value, "%", "exactly")


def _quantity(found: re.Match[str], text: str) -> Quantity | None:
    han = not found["low"][0].isdigit()
    unit = found["unit"] or _unsaid(text, found, han)
    if not unit or (han and unit in _WEAK and len(found["low"]) < MANY) or _GRADE.match(text, found.end()):
        return None
    try:
        low, high = number(found["low"]), number(found["high"]) if found["high"] else None
    except ValueError:
        return None
    if max(low, high or low) >= MOST or low != round(low, 4) or (high is not None and high != round(high, 4)):
        return None
    scale = found["scale"] or found["low_scale"] or ""
    short = han and len(found["low"]) < MANY
    unit = _same_unit(unit)
    if unit == "成":  # 三成 is 30%
        unit, low, high = "%", low * 10, None if high is None else high * 10
    bound, start, end = _bound(text, found)
    if high is not None and high > low:
        return Quantity(start, end, found.start(), low, scale + unit, "range", high, short)
    return Quantity(start, end, found.start(), low, scale + unit, bound, None, short)


def _unsaid(text: str, found: re.Match[str], han: bool) -> str:
    """1000亿 is money; 学位1.5万 counts what stands before it."""
    scale = found["scale"] or ""
    if han or not scale:
        return ""
    if any(text[: found.start()].endswith(one) for one in SPECIES):
        return "个"
    return "元" if "亿" in scale else ""


def _bound(text: str, found: re.Match[str]) -> tuple[str, int, int]:
    head, end = text[max(0, found.start() - 8) : found.start()], found.end()
    more = bool(found["more"] or found["more2"])
    bound, start = ("above" if more else "exactly"), found.start()
    for name, pattern in (
        ("at_least", _AT_LEAST_BEFORE),
        ("at_most", _AT_MOST_BEFORE),
        ("above", _ABOVE_BEFORE),
        ("about", _ABOUT_BEFORE),
    ):
        if hit := pattern.search(head):
            bound, start = name, found.start() - len(hit[0])
            break
    if after := _AFTER.match(text, end):
        end = after.end()
        bound = _after(after, bound)
    return bound, start, end


def _after(after: re.Match[str], bound: str) -> str:
    """左右 says most; 以上 after 超过 stays above."""
    said = after["in"] or ""
    if after["about"] or said == "左右":
        return "about"
    if after["most"] or said == "以内":
        return "at_most"
    return bound if bound == "above" else "at_least"
