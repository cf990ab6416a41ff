"""What do the worked examples of docs/algorithms/pace.md say?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from milestones.targets.figures import Figure, Promise
from milestones.targets.pace import Pace, pace

PAGE = Path(__file__).parents[2] / "docs" / "algorithms" / "pace.md"
FIRST, LAST = date(2023, 1, 1), date(2023, 12, 31)
HEADER = ("measure", "bound", "goal", "readings", "on")


@dataclass(frozen=True)
class Example:
    """A row: `given` makes the pace, `says` maps a column to what the page claims."""

    given: dict[str, str]
    says: dict[str, str]

    def __str__(self) -> str:
        return " ".join(self.given.values())

    def pace(self) -> Pace:
        low, _dash, high = self.given["goal"].partition("–")
        promise = Promise(
            measure=self.given["measure"],
            bound=self.given["bound"],
            value=number(low),
            value_max=number(high) if high else None,
            first=FIRST,
            last=LAST,
        )
        return pace(promise, list(_figures(self.given["readings"])), day(self.given["on"]))


def examples() -> list[Example]:
    return list(_rows(PAGE.read_text()))


def shown(found: Pace) -> dict[str, str]:
    """A pace as the page writes it: four decimals at most, a dash for nothing."""
    columns = ("attainment", "expected", "gap", "projection")
    said = {name: _plain(getattr(found, name)) for name in columns}
    low, high = found.projection_low, found.projection_high
    return said | {
        "band": "–" if low is None else f"{_plain(low)} … {_plain(high)}",
        "health": f"{found.health or '–'}: {found.reason.code}",
        "method": found.method.code,
    }


def number(text: str) -> Decimal:
    return Decimal(text.strip().replace("−", "-").replace(",", ""))


def day(text: str) -> date:
    """26 May is of 2023; another year is written out in ISO form."""
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    if "-" in text:
        return date.fromisoformat(text.strip())
    number_, month = text.split()
    return date(2023, months.index(month) + 1, int(number_))


def _figures(text: str) -> Iterator[Figure]:
    """“14 Mar 20 · 26 May 46”; a dash for none."""
    for place, item in enumerate(text.split("·") if text != "–" else []):
        when, value = item.strip().rsplit(" ", 1)
        yield Figure(place, day(when), number(value))


def _rows(page: str) -> Iterator[Example]:
    names: list[str] = []
    for line in page.splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            names = []
        elif tuple(cells[: len(HEADER)]) == HEADER:
            names = cells
        elif names and not cells[0].startswith("---"):
            row = dict(zip(names, cells, strict=True))
            yield Example({k: row.pop(k) for k in HEADER}, row)


def _plain(value: Decimal | None) -> str:
    return "–" if value is None else f"{value.normalize() + 0:f}".replace("-", "−")
