"""Do documents and pages become the lines that a reader sees?"""

from __future__ import annotations

from pathlib import Path

from milestones.evidence.kinds import OPEN_XML
from milestones.intake.files import hypertext, word
from tests.evidence import files

NUMBERS = (
    f'<w:numbering xmlns:w="{files.WORD}"><w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
PAGE = """<table><tr><td>首页</td><td><p>重点任务表</p>
<table><tr><th rowspan="2">序号</th><th rowspan=2>任务</th><th colspan="2">单位</th></tr>
<tr><th>牵头单位</th><th>配合单位</th></tr>
<tr><td>1</td><td rowspan="2"><p>建成</p><p>大桥</p></td><td>甲局</td><td>乙局</td></tr>
<tr><td>2</td><td>丙局<td>
</table><p>完</p></td></tr></table>"""


def paragraph(text: str, level: int | None = None) -> str:
    of_list = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    return f"<w:p>{'' if level is None else of_list}<w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, wide: int = 1) -> str:
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{wide}"/></w:tcPr>{paragraph(text)}</w:tc>'


def test_numbers_that_word_counts_itself_and_wide_cells_are_in_the_text(tmp_path: Path) -> None:
    body = paragraph("要点") + paragraph("产业", 0) + paragraph("甲。", 1) + paragraph("乙。", 1) + paragraph("城市", 0)
    body += paragraph("丙。", 1)
    body += f"<w:tbl><w:tr>{cell('任务')}{cell('单位', 2)}{cell('时限')}</w:tr></w:tbl>"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": files.types(f"{OPEN_XML}.wordprocessingml.document.main+xml"),
        "word/document.xml": f'<w:document xmlns:w="{files.WORD}"><w:body>{body}</w:body></w:document>',
        "word/numbering.xml": NUMBERS,
    }
    path = tmp_path / "a.docx"
    path.write_bytes(files.package(parts))
    assert word.text(path, 1000).splitlines() == [
        *("要点", "一、产业", "1.甲。", "2.乙。", "二、城市", "1.丙。"),
        "任务\t单位\t\t时限",
    ]


def test_rows_of_a_page_keep_their_columns_and_tables_of_its_layout_are_none() -> None:
    assert [line.split("\t") for line in hypertext.text(PAGE).splitlines()] == [
        ["首页"],
        ["重点任务表"],
        ["序号", "任务", "单位", ""],
        ["", "", "牵头单位", "配合单位"],
        ["1", "建成 大桥", "甲局", "乙局"],
        ["2", "", "丙局", ""],
        ["完"],
    ]
