"""How is a table written as .xlsx: row by row, so that memory stays flat however many there are?

openpyxl is loaded when the first workbook is written: it would cost every process half a second at its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ..sheets.texts import escaped
from ..sheets.values import letters
from . import cells
from .columns import Column, Table
from .stored import Cell

LONGEST = 32_767  # characters that Excel has room for in a cell
FORMULA = tuple("=+-@\t\r")
LAST = 1_048_576
PERIODS = ("due", "forecast", "as_of")
FONT = "Microsoft YaHei"


# What the lists of a workbook offer: column → pairs of what is written and what it stands for. Of those in FREE other
# words are understood too.
Choices = Mapping[str, Sequence[tuple[str, str]]]
FREE = ("workstream", "lead")


def write(file: Path, rows: Iterable[Sequence[Cell]], table: Table, choices: Choices, language: str) -> int:
    """How many rows it has. `rows` are of the table's columns, in their order."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(table.title))
    style = _Style(sheet)
    _set_up(sheet, table)
    sheet.append([style.cell(column.heading(language), "head") for column in table.columns])
    count = 0
    for row in rows:
        sheet.append([style.of(value, column) for value, column in zip(row, table.columns, strict=True)])
        count += 1
    _offer(sheet, table, choices, count)
    _explain(book, table, language)
    _list(book, table, choices, language)
    book.save(file)
    return count


def _set_up(sheet: Any, table: Table) -> None:
    """What stands before the rows in the file."""
    sheet.freeze_panes = f"{letters(table.place(table.stays) + 1)}2"
    sheet.sheet_properties.pageSetUpPr = None
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    for place, column in enumerate(table.columns):
        at = sheet.column_dimensions[letters(place)]
        at.width, at.hidden = column.width, column.hidden
    sheet.auto_filter.ref = None


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
            return self.cell(value, "read day" if column.only_read else "day")
        if isinstance(value, str) and value.startswith(FORMULA):
            return self.cell(value, "text")
        if column.name in PERIODS:
            return self.cell(value, "period")
        return self.cell(value, "read" if column.only_read else "wraps" if column.wraps else "plain")

    def cell(self, value: Any, look: str) -> Any:
        cell = self.make(self.table)
        cell._style = self.styles[look]
        if isinstance(value, str):
            text = escaped(value)
            cell._value, cell.data_type = text if len(value) <= LONGEST else cells.TOO_LONG, "s"
        else:
            cell.value = value
        return cell


# --- Lists to choose from ---------------------------------------------------------------------------------------------
def _offer(sheet: Any, table: Table, choices: Choices, count: int) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    last = min(count + 1000, LAST)  # some rows more, for new ones
    lists = _("Lists")
    for number, (name, pairs) in enumerate(choices.items()):
        if not pairs:
            continue
        at = letters(number * 2)
        blank = not table.by_name[name].needed
        rule = DataValidation(type="list", formula1=f"'{lists}'!${at}$2:${at}${len(pairs) + 1}", allow_blank=blank)
        rule.errorStyle = "warning" if name in FREE else "stop"
        rule.error = _("Choose one of the list.")
        rule.add(_range(table, name, last))
        sheet.data_validations.append(rule)
    for column in table.columns:
        if column.only_read:
            rule = DataValidation(type="custom", formula1="FALSE", allow_blank=False)
            rule.errorStyle, rule.error = "stop", _("This follows from the work in the system; it is not imported.")
            rule.add(_range(table, column.name, last))
            sheet.data_validations.append(rule)


def _range(table: Table, name: str, last: int) -> str:
    at = letters(table.place(name))
    return f"{at}2:{at}{last}"


def _list(book: Any, table: Table, choices: Choices, language: str) -> None:
    sheet = book.create_sheet(_("Lists"))
    style = _Style(sheet)
    for number in range(len(choices)):
        sheet.column_dimensions[letters(number * 2)].width = 18
        sheet.column_dimensions[letters(number * 2 + 1)].width = 32
    heads = [style.cell(table.by_name[name].heading(language), "head") for name in choices]
    sheet.append([words for head in heads for words in (head, None)])
    for row in _side_by_side(list(choices.values())):
        sheet.append([style.cell(words, "plain") if words else None for words in row])


def _side_by_side(columns: Sequence[Sequence[tuple[str, str]]]) -> Iterator[list[str]]:
    for row in range(max(map(len, columns), default=0)):
        yield [words for pairs in columns for words in (pairs[row] if row < len(pairs) else ("", ""))]


def _explain(book: Any, table: Table, language: str) -> None:
    sheet = book.create_sheet(_("Columns explained"))
    style = _Style(sheet)
    for at, width in zip("ABC", (22, 16, 100), strict=True):
        sheet.column_dimensions[at].width = width
    sheet.freeze_panes = "A2"
    sheet.append([style.cell(words, "head") for words in (_("Column"), _("Import"), _("What stands in it"))])
    for column in table.columns:
        said = _("read only") if column.only_read else _("needed") if column.needed else _("may be changed")
        line = (column.heading(language), said, str(column.explained))
        sheet.append([style.cell(words, "wraps") for words in line])
    for words in table.rules:
        sheet.append([None, None, style.cell(str(words), "wraps")])
