"""Are workbooks read that Excel did not write, or that have more in them than one table?"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from milestones.models import ImportBatch, Plan
from tests.cast import Cast
from tests.exchange.excel import looked_at, office

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("what is in a file is read without a database")]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STRICT = "http://purl.oclc.org/ooxml/"
HEADS = ("计划", "编号", "工作领域", "名称", "类型", "应完成")


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path / "var"
    with translation.override("en"):
        yield


def row(plan: Plan, code: str, due: Any = "2023-06") -> list[Any]:
    return [plan.code, code, "FIN", "新节点", "construction", due]


def by_hand(
    rows: list[Any], *, main: str = MAIN, office: str = OFFICE, part: str = "worksheets/a.xml", p: str = ""
) -> bytes:
    """The fewest parts that a workbook may have: no strings of its own, no styles, rows and cells without places."""
    cells = "".join(
        f"<{p}row>"
        + "".join(f'<{p}c t="inlineStr"><{p}is><{p}t>{cell}</{p}t></{p}is></{p}c>' for cell in one)
        + f"</{p}row>"
        for one in rows
    )
    name = f"xmlns:{p[:-1]}" if p else "xmlns"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{types}"/></Types>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="t" sheetId="1" r:id="i"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="i" '
        f'Type="{office}/worksheet" Target="{part}"/></Relationships>',
        "xl/worksheets/a.xml": f'<{p}worksheet {name}="{main}"><{p}sheetData>{cells}</{p}sheetData></{p}worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for path, content in parts.items():
            book.writestr(path, content)
    return out.getvalue()


def by_openpyxl(sheets: dict[str, list[Any]], *, since_1904: bool = False) -> bytes:
    book = openpyxl.Workbook()
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for one in rows:
            sheet.append(one)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def dues(batch: ImportBatch) -> dict[str, str]:
    return {one.values["code"]: one.values["due"]["on"] for one in batch.rows.all() if "due" in one.values}


def test_whoever_wrote_it(cast: Cast) -> None:
    rows = [HEADS, row(cast.plan, "X-1")]
    strict: Any = {"main": f"{STRICT}spreadsheetml/main", "office": f"{STRICT}officeDocument/relationships"}
    written = (
        by_hand(rows),
        by_hand(rows, part="/xl/worksheets/a.xml"),
        by_hand(rows, p="x:"),
        by_hand(rows, **strict),
        by_openpyxl({"t": [HEADS, row(cast.plan, "X-1", date(2023, 6, 30))]}, since_1904=True),
    )
    for content in written:
        assert dues(looked_at(content, office(cast.office), "a.xlsx")) == {"X-1": "2023-06-30"}


def test_a_code_of_full_width_is_the_one_of_half_width(running: Cast) -> None:
    wide = running.roof.code.translate({ord(one): ord(one) + 0xFEE0 for one in running.roof.code})
    content = by_openpyxl({"t": [HEADS, row(running.plan, wide, 20230630)]})
    assert looked_at(content, office(running.office), "a.xlsx").rows.get().milestone_id == running.roof.pk


def test_a_second_table_is_told_of(cast: Cast) -> None:
    def table(code: str) -> list[Any]:
        return [HEADS, row(cast.plan, code)]

    sheets = {"hidden": table("H"), "one": table("X-1"), "two": table("X-2"), "notes": [["更正说明"]]}
    batch = looked_at(by_openpyxl(sheets), office(cast.office), "a.xlsx")
    assert (batch.sheet, batch.found["others"], list(dues(batch))) == ("one", ["two", "hidden"], ["X-1"])
