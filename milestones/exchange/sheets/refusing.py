"""Why is a file no table that can be read here, in words that say what to do?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken

MOST_BYTES = 20 * 1024 * 1024  # of the file as it comes
MOST_UNPACKED = 200_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
LONGEST_CELL = 100_000  # characters; Excel itself ends at 32,767

REFUSALS: dict[str, Any] = {
    "empty": _("The file is empty; choose another one."),
    "too_large": _("The file is larger than 20 MB; split it into several."),
    "file_type": _("This is no table: only .xlsx and .csv are read here. Save it as one of them and send that."),
    "other_office": _("This is %(kind)s, whatever its name says; only .xlsx and .csv are read here."),
    "old_excel": _("This is the Excel format of before 2007 (.xls); save it as .xlsx and send that."),
    "archive": _("This is an archive or no Excel workbook; send the .xlsx itself."),
    "macros": _("This workbook holds macros; save it without them, as .xlsx, and send that."),
    "protected": _("This file is protected by a password, so it cannot be read; save it without and send that."),
    "broken": _("The file is damaged or incomplete; open it in Excel, save it again and send that."),
    "double": _("This is two kinds of file in one; save it again as .xlsx and send that."),
    "too_much": _("The file unpacks into more than is read here; remove empty formatted rows, or split it."),
    "too_many_rows": _("The file has more than %(most)s rows; split it into several."),
    "too_many_columns": _("Row %(row)s of “%(sheet)s” goes beyond column %(most)s; a table here is narrower."),
    "cell_too_long": _("A cell in row %(row)s of “%(sheet)s” is longer than any cell may be; shorten it."),
    "encoding": _(
        "The characters of this text file cannot be read: it is neither UTF-8 nor UTF-16 nor GB18030. "
        "Save it in Excel as “CSV UTF-8” and send that."
    ),
    "no_sheet": _("The workbook has no sheet with cells."),
}


class FileRefused(RuleBroken):
    """Nothing of the file is kept."""

    def __init__(self, code: str, **words: object) -> None:
        message = REFUSALS[code] % words if words else REFUSALS[code]
        super().__init__(message, field="file", code=code)
