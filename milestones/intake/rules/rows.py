"""What does one row of a table propose?"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from . import dates, duties, measures, quantities
from .duties import Duty
from .milestones import MOST_TITLE
from .naming import is_work
from .pieces import SENTENCES, Piece
from .proposals import TARGET, Proposal
from .sentences import proposals
from .stages import at_end
from .tables import Table
from .wholes import whole
from .works import deliverable

if TYPE_CHECKING:
    from .document import Document

_ANY_YEAR = 2000
SHORT_TITLE, LONGEST_SAID = 10, 40
_SUMS = re.compile(r"(?:合|总|小|共)\s?计[:()\d项个]*")
_GROWTH = re.compile(r"增长|增速|增幅|下降|降低")
_FLOWS = re.compile(
    r"总值|产值|增加值|投资|收入|总额|零售额|销售额|外资|税收|营收|营业额|贷款|存款|余额|消费|用电量|客流|吞吐量"
)
_RATES = re.compile(r"率|占比|比重|比例|强度|满意度")


def read_row(document: Document, line: Piece, cells: list[Piece]) -> None:
    filled = document.table
    assert filled is not None
    table = filled.table
    if (heading := _heading(cells, table.width)) is not None:
        document.row_heading(heading)
        return
    if any(_SUMS.fullmatch(one.text) for one in cells):
        return
    year = document.year or _ANY_YEAR
    due = filled.text(cells, "due")
    names = duties.organisations(filled.text(cells, "lead"))
    others = filled.text(cells, "support")
    if table.all_of(cells, "lead") and not table.all_of(cells, "support"):
        others = ""  # nobody supports; only where the lead is that of the row above are they those above
    helping = duties.organisations(others)
    duty = Duty(names[0] if names else "", (*names[1:], *helping), dates.only(due, year) if due else None)
    field = _field(filled.text(cells, "field")) or document.outline.workstream
    read = _figure if table.holds_figures else _by_parts if table.times else _works
    found = read(document, line, cells, duty)
    said, span = document.text[line.start : line.end].strip(), line.strip().span
    document.add_row([replace(one, workstream=field, sentence=said, sentence_span=span) for one in found])


def _heading(cells: list[Piece], width: int) -> Piece | None:
    """The one filled cell of a row that only orders those below, beside a numeral at most (一, 二)."""
    filled = [one for one in cells if one.text]
    if len(filled) == 2 and re.fullmatch(r"\(?[一二三四五六七八九十]{1,3}\)?[、.]?", filled[0].text):
        del filled[0]
    return filled[0] if len(filled) == 1 and width > 2 else None


def _field(text: str) -> str:
    return re.sub(r"\s*\(.*\)$", "", text)[:45]


def _by_parts(document: Document, line: Piece, cells: list[Piece], duty: Duty) -> list[Proposal]:
    """What is to be reached by each quarter, which have columns of their own."""
    filled = document.table
    assert filled is not None
    name = filled.table.of(cells, "name") or filled.table.of(cells, "task") or filled.table.of(cells, "detail")
    item = name.text[:MOST_TITLE] if name else ""
    found: list[Proposal] = []
    for number, head in filled.table.times.items():
        cell = cells[number] if number < len(cells) else None
        if cell is None or not re.search(r"[\u4e00-\u9fff]", cell.text) or document.year is None:
            continue
        due = replace(duty, due=dates.only(head, document.year))
        place = replace(document.place(due), lenient=True, item=item)
        made = [one for sentence in cell.split(SENTENCES) for one in proposals(sentence, place)[0]]
        found += made or [_named(one, name) if name else one for one in whole(cell, document.place(due), document.end)]
    return found


def _works(document: Document, line: Piece, cells: list[Piece], duty: Duty) -> list[Proposal]:
    filled = document.table
    assert filled is not None
    table = filled.table
    name, goal = table.of(cells, "name") or table.of(cells, "task"), table.of(cells, "goal")
    detail = table.of(cells, "detail") or (table.of(cells, "task") if not goal or goal is name else None)
    if name is not None and goal is not None and (reached := _reached(document, name, goal, duty)):
        return reached
    chosen = [one for one in (detail, goal) if one is not None and one.text] or ([name] if name else [])
    found: list[Proposal] = []
    for cell in chosen[:1] if chosen else []:
        item = name.text if name and cell is not name and deliverable(name.text) else ""
        place = replace(document.place(duty), goals=False, strict=False, lenient=True, item=item)
        for sentence in cell.split(SENTENCES):
            found += proposals(sentence, place)[0]
    if found or not chosen:
        return [_named(one, name) for one in found] if name and chosen[0] is not name else found
    return whole(_worded(name, chosen[0]), document.place(duty), document.end)


def _worded(name: Piece | None, said: Piece) -> Piece:
    """What is to be done rather than its short name, which may be that of several."""
    if name is None or len(name.text) > LONGEST_SAID:
        return said
    return said if len(said.text) <= LONGEST_SAID and is_work(name.text) and deliverable(name.text) is None else name


def _named(one: Proposal, name: Piece) -> Proposal:
    """完成主体工程 says nothing without the project beside it."""
    short = not one.is_target and len(one.title) <= SHORT_TITLE and name.text not in one.title
    if not short:
        return one
    kind = deliverable(name.text) or one.kind if one.kind == "other" else one.kind
    return replace(one, title=name.text[:MOST_TITLE] + one.title, kind=kind)


def _reached(document: Document, name: Piece, goal: Piece, duty: Duty) -> list[Proposal]:
    """Of a table of projects: the project's name and what it is to reach in the year (完成主体结构封顶)."""
    stage = at_end(goal.text)
    if stage is None or len(goal.text) > 16 or "," in goal.text or re.search(r"\d", dates.hidden(goal.text)):
        return []
    made = whole(name, document.place(duty), document.end, stage.kind)
    given = dates.find(goal.text, document.year or _ANY_YEAR)
    words = dates.hidden(goal.text).strip()
    due = given[-1].due if given and document.year else None
    return [replace(one, title=one.title + words, stage=stage.word, due=due or one.due) for one in made]


def _figure(document: Document, line: Piece, cells: list[Piece], duty: Duty) -> list[Proposal]:
    filled = document.table
    assert filled is not None
    table = filled.table
    name = table.of(cells, "indicator") or table.of(cells, "name")
    unit = table.of(cells, "unit")
    if name is None:
        return []
    return [
        one
        for value, year in _values(table, cells)
        for one in _one_figure(document, line, name, value, unit, duty, year)
    ]


def _values(table: Table, cells: list[Piece]) -> list[tuple[Piece, int | None]]:
    """The figure, or one of each year where columns are of years."""
    numbers = [number for number in table.columns["value"] if number < len(cells) and cells[number].text]
    if len({table.years[number] for number in numbers if number in table.years}) > 1:
        return [(cells[number], table.years[number]) for number in numbers if number in table.years]
    return [(cells[number], None) for number in numbers[-1:]]


def _one_figure(
    document: Document, line: Piece, name: Piece, value: Piece, unit: Piece | None, duty: Duty, year: int | None
) -> list[Proposal]:
    given = re.search(r"\(([^()]+)\)$", name.text)
    quantity = quantities.cell(value.text, unit.text if unit else given[1] if given else "")
    if quantity is None:
        return []
    title = re.sub(r"\s*\([^()]*\)$", "", name.text)
    grows = _GROWTH.search(value.text) or _FLOWS.search(title)
    if quantity.is_percent and grows and not _GROWTH.search(title) and not _RATES.search(title):
        title += "增长"
    measure = measures.of(quantity, title.replace("增速", "增长").replace("增幅", "增长"), title)
    due = dates.of_year(year) if year else duty.due or document.end
    return [
        Proposal(
            TARGET,
            title,
            line.strip().span,
            "",
            line.strip().span,
            due=due,
            measure=measure,
            bound=quantity.bound,
            value=quantity.value,
            value_max=quantity.value_max,
            unit=quantity.unit,
            lead=duty.lead,
            supporting=duty.supporting,
        )
    ]
