"""Are files that are no tables, or do harm, refused with a word that helps, with little memory and nothing kept?"""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from openpyxl.comments import Comment

from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.exchange.imports import files
from milestones.exchange.sheets.refusing import MOST_ROWS
from milestones.marking import Classified
from milestones.models import GuardRefusal, ImportBatch
from tests.cast import Cast
from tests.exchange.excel import exported, looked_at, office

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("what is in a file is read without a database")]

HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"
MARKED = "机密★10年"


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path / "var"
    with translation.override("en"):
        yield


@pytest.fixture
def actor(cast: Cast) -> Actor:
    return office(cast.office)


@pytest.fixture
def good(actor: Actor, tmp_path: Path) -> bytes:
    return exported(tmp_path, actor).read_bytes()


def with_part(book: bytes, name: str, content: str | bytes | Iterator[bytes]) -> bytes:
    """The workbook with another part of this name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
        with new.open(name, "w", force_zip64=True) as part:
            for piece in content if isinstance(content, Iterator) else [content]:
                part.write(piece.encode() if isinstance(piece, str) else piece)
    return out.getvalue()


def sheet(book: bytes, rows: str | Iterator[bytes]) -> bytes:
    content = f"{HEAD}{rows}{TAIL}" if isinstance(rows, str) else rows
    return with_part(book, "xl/worksheets/sheet1.xml", content)


def many(piece: str, times: int) -> Iterator[bytes]:
    yield HEAD.encode()
    for _n in range(times):
        yield piece.encode()
    yield TAIL.encode()


HEADINGS = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("plan", "code", "title"))
BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>"
HOSTILE: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "nothing": ("empty", lambda _good: b""),
    "a zip bomb": ("too_much", lambda good: sheet(good, many(" " * 1_000_000, 201))),
    "entities": ("broken", lambda good: with_part(good, "xl/worksheets/sheet1.xml", BOMB + HEAD + TAIL)),
    "entities in the workbook": ("broken", lambda good: with_part(good, "xl/workbook.xml", BOMB + "<workbook/>")),
    "a million rows": (
        "too_many_rows",
        lambda good: sheet(
            good, many(f"<row>{HEADINGS}</row>" + "<row><c><v>1</v></c></row>" * 1000, MOST_ROWS // 900)
        ),
    ),
    "a very wide sheet": (
        "too_many_columns",
        lambda good: sheet(good, f'<row>{HEADINGS}</row><row r="2"><c r="XFD2"><v>1</v></c></row>'),
    ),
    "a cell without end": (
        "cell_too_long",
        lambda good: sheet(good, f'<row>{HEADINGS}</row><row><c t="str"><v>{"x" * 200_000}</v></c></row>'),
    ),
    "a string that is not there": (
        "broken",
        lambda good: sheet(good, f'<row>{HEADINGS}</row><row><c t="s"><v>99</v></c></row>'),
    ),
    "a row without end": (
        "too_many_columns",
        lambda good: sheet(
            good, iter([HEAD.encode(), HEADINGS.join(("<row>", "</row><row>")).encode(), b"<c><v>1</v></c>" * 999])
        ),
    ),
    "half a file": ("broken", lambda good: good[: len(good) // 2]),
    "macros": ("macros", lambda good: with_part(good, "xl/vbaProject.bin", b"x")),
    "a docx": (
        "other_office",
        lambda good: with_part(
            with_part(good, "word/document.xml", "<document/>"),
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
            'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>',
        ),
    ),
    "an archive": ("archive", lambda _good: _archive()),
    "a protected workbook": ("protected", lambda _good: _compound("EncryptedPackage")),
    "an xls": ("old_excel", lambda _good: _compound("Workbook")),
    "a pdf": ("file_type", lambda _good: b"%PDF-1.7 ..."),
    "bytes": ("encoding", lambda _good: bytes(range(256)) * 10),
    "no encoding of ours": ("encoding", lambda _good: "计划,编号,名称\n".encode() + b"\xff\xff\x80\x80"),
    "another table": ("another_shape", lambda _good: "姓名,电话\n甲,1\n".encode()),
}


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("a.txt", "x")
    return out.getvalue()


def _compound(stream: str) -> bytes:
    """The old container with one entry in its directory."""
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = name.ljust(64, b"\0") + len(name).to_bytes(2, "little") + b"\2" + bytes(61)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(28, b"\0") + b"\xfe\xff"
    return head.ljust(1024, b"\0") + entry.ljust(1024, b"\0")


def test_each_is_refused_in_a_word_and_nothing_is_kept(good: bytes, actor: Actor) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, (code, make) in HOSTILE.items():
        with pytest.raises(DomainError) as refusal:
            looked_at(make(good), actor, "plan.xlsx")
        assert (name, refusal.value.code, refusal.value.field) == (name, code, "file")
        assert "%(" not in str(refusal.value)
    assert list(files.path(actor.person.pk).parent.iterdir()) == []  # type: ignore[union-attr]
    assert set(ImportBatch.objects.values_list("state", flat=True)) <= {"refused"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # KiB, with what made the files


def test_a_file_of_another_shape_is_told_what_was_found_and_what_is_needed(actor: Actor) -> None:
    with pytest.raises(DomainError) as refusal:
        looked_at("2023年\n姓名,电话\n".encode(), actor)
    assert "姓名 | 电话" in str(refusal.value)
    assert "“Code”" in str(refusal.value)


@pytest.mark.parametrize("where", ["cell", "sheet", "hidden sheet", "comment", "property", "csv"])
def test_a_marking_anywhere_refuses_the_whole_file_and_names_the_place(
    where: str, actor: Actor, tmp_path: Path
) -> None:
    file = exported(tmp_path, actor, ending="csv" if where == "csv" else "xlsx")
    if where == "csv":
        file.write_text(file.read_text("utf-8-sig") + f"a,b\nc,{MARKED}\n", "utf-8")
    else:
        _mark(file, where)
    with pytest.raises(Classified) as refusal:
        looked_at(file, actor)
    place = {"cell": "Milestones!F3", "sheet": "sheet", "hidden sheet": "x!A1", "comment": "comment", "csv": "CSV!B6"}
    assert place.get(where, "core.xml") in str(refusal.value)
    assert (ImportBatch.objects.count(), list(files.path(actor.person.pk).parent.iterdir())) == (0, [])  # type: ignore[union-attr]
    assert GuardRefusal.objects.get().entity == "importbatch"


def _mark(file: Path, where: str) -> None:
    book = openpyxl.load_workbook(file)
    table: Any = book.worksheets[0]
    match where:
        case "cell":
            table["F3"] = MARKED
        case "sheet":
            book.create_sheet("机密★10年")
        case "hidden sheet":
            hidden: Any = book.create_sheet("x")
            hidden["A1"], hidden.sheet_state = "密级：秘密", "hidden"
        case "comment":
            table["A1"].comment = Comment(MARKED, "x")
        case _:
            book.properties.title = MARKED
    book.save(file)
