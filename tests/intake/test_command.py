"""What does `manage.py intake` print and make, and which files does it refuse?"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from milestones.evidence.kinds import OPEN_XML
from milestones.models import GuardRefusal, Milestone
from tests.cast import Cast
from tests.evidence import files

pytestmark = pytest.mark.django_db

KEYS = "type title workstream kind measure bound value value_max unit due precision span sentence".split()


def run(*args: object) -> str:
    out = StringIO()
    call_command("intake", *map(str, args), stdout=out, stderr=StringIO())
    return out.getvalue()


def wrote(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_proposals_come_as_lines_of_json_with_spans_of_the_text(tmp_path: Path, plan_text: str) -> None:
    path = wrote(tmp_path, "plan.txt", plan_text.replace("\n", "\r\n").encode("gb18030"))
    found = [json.loads(line) for line in run(path, "--json").splitlines()]
    assert all(list(one) == KEYS for one in found)
    centre = found[0]
    assert plan_text[slice(*centre["span"])] == "6月底前建成海湾检测中心"
    assert (centre["type"], centre["due"], centre["precision"]) == ("milestone", "2023-06-30", "month")
    figure = next(one for one in found if one["type"] == "target")
    assert (figure["value"], figure["unit"], figure["bound"]) == (10, "家", "at_least")


def test_a_word_document_and_a_page_are_read_as_their_text_is(tmp_path: Path) -> None:
    rows = [["序号", "重点任务", "牵头单位", "完成时限"], ["1", "建成海湾检测中心", "金贸处", "三季度"]]
    row = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in one) + "</w:tr>"
        for one in rows
    )
    title = "<w:p><w:r><w:t>海湾片区2023年重点任务分工表</w:t></w:r></w:p>"
    document = f'<w:document xmlns:w="{files.WORD}"><w:body>{title}<w:tbl>{row}</w:tbl></w:body></w:document>'
    types = files.types(f"{OPEN_XML}.wordprocessingml.document.main+xml")
    docx = files.package({"[Content_Types].xml": types, "word/document.xml": document})
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in one) + "</tr>" for one in rows)
    head = "<html><head><script>if (a<b) x('建成某某中心。')</script></head><body><!-- 建成某某中心。 -->"
    page = f"{head}<h1>海湾片区2023年重点任务分工表</h1><table>{cells}</table>"
    for path in (wrote(tmp_path, "a.docx", docx), wrote(tmp_path, "a.html", page.encode())):
        (one,) = [json.loads(line) for line in run(path, "--json").splitlines()]
        assert (one["title"], one["due"], one["precision"]) == ("建成海湾检测中心", "2023-09-30", "quarter")


def test_apply_makes_once_and_then_tells(tmp_path: Path, plan_text: str, cast: Cast) -> None:
    path = wrote(tmp_path, "plan.txt", plan_text.encode())
    before = Milestone.objects.count()
    run(path, "--plan", cast.plan.code)
    assert Milestone.objects.count() == before
    run(path, "--plan", cast.plan.code, "--apply")
    assert Milestone.objects.count() == before + 2
    run(path, "--plan", cast.plan.code, "--apply")
    assert Milestone.objects.count() == before + 2


def test_a_marked_text_is_refused_whole_with_its_line_and_kept_as_a_refusal(
    tmp_path: Path, plan_text: str, cast: Cast
) -> None:
    marked = wrote(tmp_path, "plan.txt", (plan_text + "机密★5年\n").encode())
    before = Milestone.objects.count()
    with pytest.raises(CommandError, match="9"):
        run(marked, "--plan", cast.plan.code, "--apply")
    with pytest.raises(CommandError):
        run(wrote(tmp_path, "header.docx", files.docx("建成中心", more={"word/header1.xml": "<p>秘密★</p>"})))
    assert Milestone.objects.count() == before
    assert GuardRefusal.objects.count() == 2


def test_hostile_and_foreign_files_are_refused_in_words(tmp_path: Path) -> None:
    types = files.types(f"{OPEN_XML}.wordprocessingml.document.main+xml")
    word = f'<w:document xmlns:w="{files.WORD}"><w:body>%s</w:body></w:document>'
    entities = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + word % "&b;"
    for name, content in {
        "bomb.docx": files.package({"[Content_Types].xml": types, "word/document.xml": b"0" * 40_000_000}),
        "entities.docx": files.package({"[Content_Types].xml": types, "word/document.xml": entities}),
        "deep.docx": files.package({"[Content_Types].xml": types, "word/document.xml": word % ("<w:p>" * 5000)}),
        "macros.docx": files.docx("建成中心", more={"word/vbaProject.bin": "x"}),
        "table.docx": files.xlsx("建成中心"),
        "word.txt": files.docx("建成中心"),
        "noise.txt": bytes(range(256)) * 40,
        "page.pdf": b"%PDF-1.7 ",
        "empty.txt": b"",
        "blank.txt": b" \n\n",
    }.items():
        with pytest.raises(CommandError, match=r"\w"):
            run(wrote(tmp_path, name, content))
    with pytest.raises(CommandError, match="missing"):
        run(tmp_path / "missing.txt")
