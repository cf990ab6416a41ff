"""Which number do digits or Chinese numerals write?"""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {char: number % 10 for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
HAN = "一二两三四五六七八九十百千"


def number(text: str) -> Decimal:
    """Of 1,000 · 2.5 · 三 · 十二 · 两百 · 百 (100) · 二〇二三; ValueError when it is none."""
    plain = text.replace(",", "").replace(" ", "")
    if plain and all(char in "0123456789." for char in plain):
        return Decimal(plain)
    return Decimal(whole(plain))


def whole(text: str) -> int:
    if text.isascii():
        return int(text)
    if not any(char in _PLACES for char in text):
        return int("".join(str(_digit(char)) for char in text))
    total, last = 0, 0
    for char in text:
        if char in _PLACES:
            total, last = total + (last or 1) * _PLACES[char], 0
        else:
            last = _digit(char)
    return total + last


def _digit(char: str) -> int:
    if char not in _DIGITS:
        raise ValueError(f"{char!r} is no numeral")
    return _DIGITS[char]
