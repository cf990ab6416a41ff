"""Can everything be read, light and dark: text at 4.5 to 1, marks and borders at 3 to 1?"""

from __future__ import annotations

import re
from pathlib import Path

TOKENS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "sheet", "sunken", "hover")
TEXT, MARK = 4.5, 3.0
HEALTHS = ("green", "yellow", "red", "done")
# What stands on which ground, and how well it must be told from it.
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3", "accent", "accent-strong") for ground in GROUNDS),
    *((ink, "accent-wash", TEXT) for ink in ("ink", "ink-2", "accent-strong")),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-red", "red-solid", TEXT),
    *((f"{one}-ink", ground, TEXT) for one in HEALTHS for ground in (*GROUNDS, f"{one}-wash")),
    *(("ink", f"{one}-wash", TEXT) for one in HEALTHS),
    *((one, ground, MARK) for one in HEALTHS for ground in ("paper", "sheet", f"{one}-wash")),
    *((one, ground, MARK) for one in ("field", "accent", "rule-strong") for ground in ("paper", "sheet")),
    ("accent", "track", MARK),
]  # fmt: skip


def test_light_and_dark() -> None:
    light = colours(TOKENS.split("@media")[0])
    dark = light | colours(next(part for part in TOKENS.split("@media") if "prefers-color-scheme: dark" in part))
    weak = [
        f"{scheme}: {ink} on {ground} {contrast(found[ink], found[ground]):.2f}"
        for scheme, found in (("light", light), ("dark", dark))
        for ink, ground, least in PAIRS
        if contrast(found[ink], found[ground]) < least
    ]
    assert weak == []


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", css))


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
