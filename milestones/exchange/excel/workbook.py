"""How is the table of milestones written as .xlsx: row by row, so that memory stays flat however many there are?

openpyxl is loaded when the first workbook is written: it would cost every process half a second at its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from milestones.models import Kind

from ..sheets.texts import escaped
from ..sheets.values import letters
from . import cells
from .columns import BY_NAME, COLUMNS, Column
from .stored import Cell

LONGEST = 32_767  # characters that Excel has room for in a cell
FORMULA = tuple("=+-@\t\r")
LAST = 1_048_576
PERIODS = ("due", "forecast")
FONT = "Microsoft YaHei"


class Choices:
    """What the lists of a workbook offer: (code, title) of workstreams and of organisations."""

    def __init__(self, streams: Iterable[tuple[str, str]], units: Iterable[tuple[str, str]]) -> None:
        self.columns: dict[str, list[tuple[str, str]]] = {
            "kind": [(str(Kind(value).label), "") for value in Kind.values],
            "workstream": sorted(set(streams)),
            "lead": sorted(set(units)),
        }


def write(file: Path, rows: Iterable[Sequence[Cell]], choices: Choices, language: str) -> int:
    """How many rows it has. `rows` are of COLUMNS, in their order."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    table = book.create_sheet(_("Milestones"))
    style = _Style(table)
    _set_up(table)
    table.append([style.cell(column.heading(language), "head", column) for column in COLUMNS])
    count = 0
    for row in rows:
        table.append([style.of(value, column) for value, column in zip(row, COLUMNS, strict=True)])
        count += 1
    _offer(table, choices, count)
    _explain(book, language)
    _list(book, choices, language)
    book.save(file)
    return count


def _set_up(table: Any) -> None:
    """What stands before the rows in the file."""
    table.freeze_panes = f"{letters(_place('title') + 1)}2"
    table.sheet_properties.pageSetUpPr = None
    table.page_setup.orientation, table.page_setup.fitToHeight = "landscape", 0
    for place, column in enumerate(COLUMNS):
        at = table.column_dimensions[letters(place)]
        at.width, at.hidden = column.width, column.hidden
    table.auto_filter.ref = None


def _place(name: str) -> int:
    return COLUMNS.index(BY_NAME[name])


class _Style:
    """Cells of one look share it; a text is a text whatever it begins with."""

    def __init__(self, table: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill

        self.table, self.make = table, WriteOnlyCell
        grey = PatternFill("solid", fgColor="EEF0F2")
        looks: dict[str, dict[str, Any]] = {
            "head": {"font": Font(name=FONT, bold=True), "fill": PatternFill("solid", fgColor="D6E6EA")},
            "plain": {"font": Font(name=FONT)},
            "wraps": {"font": Font(name=FONT), "alignment": Alignment(wrap_text=True, vertical="top")},
            "read": {"font": Font(name=FONT, color="5B6670"), "fill": grey},
            "day": {"font": Font(name=FONT), "number_format": "yyyy-mm-dd"},
            "read day": {"font": Font(name=FONT, color="5B6670"), "fill": grey, "number_format": "yyyy-mm-dd"},
            "period": {
                "font": Font(name=FONT),
                "number_format": "@",
            },  # or Excel makes a day of the month typed into it
            "text": {"font": Font(name=FONT), "number_format": "@", "quotePrefix": True},
        }
        self.styles = {name: self._style(look) for name, look in looks.items()}

    def _style(self, look: dict[str, Any]) -> Any:
        cell = self.make(self.table)
        for name, value in look.items():
            if name == "quotePrefix":
                cell.style_id  # noqa: B018 - the style is looked up first
                cell._style.quotePrefix = 1
            else:
                setattr(cell, name, value)
        return cell._style

    def of(self, value: Cell, column: Column) -> Any:
        if value is None:
            return None
        if isinstance(value, date):
            return self.cell(value, "read day" if column.only_read else "day", column)
        if isinstance(value, str) and value.startswith(FORMULA):
            return self.cell(value, "text", column)
        if column.name in PERIODS:
            return self.cell(value, "period", column)
        return self.cell(value, "read" if column.only_read else "wraps" if column.wraps else "plain", column)

    def cell(self, value: Any, look: str, _column: Column | None = None) -> Any:
        cell = self.make(self.table)
        cell._style = self.styles[look]
        if isinstance(value, str):
            text = escaped(value)
            cell._value, cell.data_type = text if len(value) <= LONGEST else cells.TOO_LONG, "s"
        else:
            cell.value = value
        return cell


# --- Lists to choose from ---------------------------------------------------------------------------------------------
def _offer(table: Any, choices: Choices, count: int) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    last = min(count + 1000, LAST)  # some rows more, for new milestones
    sheet = _("Lists")
    for number, (name, pairs) in enumerate(choices.columns.items()):
        if not pairs:
            continue
        at = letters(number * 2)
        rule = DataValidation(
            type="list", formula1=f"'{sheet}'!${at}$2:${at}${len(pairs) + 1}", allow_blank=name == "lead"
        )
        rule.errorStyle = "stop" if name == "kind" else "warning"  # names are understood too, not codes alone
        rule.error = _("Choose one of the list.")
        rule.add(_range(name, last))
        table.data_validations.append(rule)
    for column in COLUMNS:
        if column.only_read:
            rule = DataValidation(type="custom", formula1="FALSE", allow_blank=False)
            rule.errorStyle, rule.error = "stop", _("This follows from the work in the system; it is not imported.")
            rule.add(_range(column.name, last))
            table.data_validations.append(rule)


def _range(name: str, last: int) -> str:
    at = letters(_place(name))
    return f"{at}2:{at}{last}"


def _list(book: Any, choices: Choices, language: str) -> None:
    sheet = book.create_sheet(_("Lists"))
    style = _Style(sheet)
    for number in range(len(choices.columns)):
        sheet.column_dimensions[letters(number * 2)].width = 18
        sheet.column_dimensions[letters(number * 2 + 1)].width = 32
    sheet.append([words for name in choices.columns for words in (style.cell(_heading(name, language), "head"), None)])
    for row in _side_by_side(list(choices.columns.values())):
        sheet.append([style.cell(words, "plain") if words else None for words in row])


def _heading(name: str, language: str) -> str:
    return BY_NAME[name].heading(language)


def _side_by_side(columns: Sequence[Sequence[tuple[str, str]]]) -> Iterator[list[str]]:
    for row in range(max(map(len, columns))):
        yield [words for pairs in columns for words in (pairs[row] if row < len(pairs) else ("", ""))]


def _explain(book: Any, language: str) -> None:
    sheet = book.create_sheet(_("Columns explained"))
    style = _Style(sheet)
    for at, width in zip("ABC", (22, 16, 100), strict=True):
        sheet.column_dimensions[at].width = width
    sheet.freeze_panes = "A2"
    sheet.append([style.cell(words, "head") for words in (_("Column"), _("Import"), _("What stands in it"))])
    for column in COLUMNS:
        said = _("read only") if column.only_read else _("needed") if column.needed else _("may be changed")
        line = (column.heading(language), said, str(column.explained))
        sheet.append([style.cell(words, "wraps") for words in line])
    for words in _rules():
        sheet.append([None, None, style.cell(words, "wraps")])


def _rules() -> list[str]:
    return [
        _("An empty cell empties the value; a column that is deleted leaves all its values as they are."),
        _("Columns may stand in any order; rows may be deleted: what is not in the file stays as it is."),
        _("Before anything is written, the import shows what would change, and asks."),
    ]
