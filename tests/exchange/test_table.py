"""Does the table of milestones say in cells what it is, and is it understood however people lay it out?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones import long_work
from milestones.actors import Actor
from milestones.batch import operations as batch
from milestones.batch.rows import Given, Keyed
from milestones.exchange.excel import columns, dates
from milestones.exchange.excel.refused import Rejected
from milestones.exchange.imports import operations as imports
from milestones.exchange.imports.applying import Choice
from milestones.exchange.sheets import opening
from milestones.exchange.sheets.values import Day
from milestones.jobs import queue
from milestones.jobs import running as work
from milestones.models import Kind, Milestone
from milestones.planning import operations
from milestones.workdays.periods import FuzzyDate, Precision, period_of
from tests import cast as casting
from tests.cast import JUNE, NOW, Q3, SYSTEM, YEAR_END, Cast
from tests.exchange.excel import counts, exported, looked_at, office

pytestmark = pytest.mark.django_db

H1 = FuzzyDate(date(2023, 6, 30), Precision.HALF_YEAR)
WORDS: dict[FuzzyDate, tuple[Any, ...]] = {
    YEAR_END: ("年内", "2023", "2023年内", "全年", "年底前", "2023年底前", 2023),
    H1: ("上半年", "2023H1", "2023年上半年", "２０２３h1"),
    Q3: ("2023Q3", "三季度末", "第三季度", "2023年三季度", "3季度内", "q3"),
    JUNE: ("2023-06", "6月底前", "2023年6月", "6月", "六月底", "2023/6", Day(date(2023, 6, 1), Precision.MONTH)),
    FuzzyDate(date(2023, 6, 5)): (
        "2023-06-05",
        "2023/6/5",
        "2023.6.5",
        "2023年6月5日前",
        "6月5日",
        "2023-06-05 00:00:00",
    ),
}


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path / "var"
    with translation.override("en"):
        yield


@pytest.fixture
def actor(cast: Cast) -> Actor:
    return office(cast.office)


def test_a_date_is_read_as_people_write_it() -> None:
    for meant, said in WORDS.items():
        for words in said:
            assert dates.read(words, 2023) == meant, words
    bad: tuple[Any, ...] = ("soon", "13月", "2023-02-30", 45107, 1.5, True, "Q5", "3月32日")
    for words in bad:
        with pytest.raises(Rejected):
            dates.read(words, 2023)
    with pytest.raises(Rejected, match="of which year"):
        dates.read("三季度", None)
    assert [dates.spoken(one, 2023, "zh-hans") for one in (YEAR_END, H1, Q3, JUNE)] == [
        *("年内", "2023H1", "2023Q3", "2023-06")
    ]
    assert (dates.spoken(YEAR_END, 2024, "zh-hans"), dates.spoken(YEAR_END, 2023, "en")) == ("2023年内", "2023")


def test_the_workbook_is_one_that_people_can_work_in(cast: Cast, actor: Actor, tmp_path: Path) -> None:
    operations.reschedule(cast.school, FuzzyDate(date(2023, 6, 5)), reason="", actor=SYSTEM, now=NOW)
    with translation.override("zh-hans"):
        book = openpyxl.load_workbook(exported(tmp_path, actor, language="zh-hans"))
    sheet: Any = book.worksheets[0]
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    assert list(heads) == [column.chinese for column in columns.COLUMNS]
    assert sheet.freeze_panes == "G2"
    assert [name for name, at in heads.items() if sheet.column_dimensions[at].hidden] == ["键（勿改）", "版本（勿改）"]
    due = [sheet[f"{heads['应完成']}{row}"] for row in (2, 3, 4)]
    assert due[0].value == "年内"
    assert (due[1].value.date(), due[1].number_format) == (date(2023, 6, 5), "yyyy-mm-dd")
    rules = {
        str(rule.sqref).rstrip("0123456789").partition("2:")[0]: rule for rule in sheet.data_validations.dataValidation
    }
    assert [rules[heads[name]].type for name in ("类型", "工作领域", "牵头单位", "状态")] == [*["list"] * 3, "custom"]
    lists: Any = book.worksheets[2]
    assert [cell.value for cell in lists[2]][2:4] == ["FIN", "金融"]
    explained: Any = book.worksheets[1]
    assert explained.max_row >= len(columns.COLUMNS)


def test_others_than_the_office_know_people_by_name(running: Cast, tmp_path: Path) -> None:
    job = queue.ask("ledger_export", {"query": "q=FIN-01", "format": "csv"}, person=running.viewer, now=NOW)
    work.run(job.pk, long_work.KINDS, lambda: NOW)
    job.refresh_from_db()
    assert (job.state, job.result, job.file_name) == ("done", {"rows": 1}, "Milestones-2023-01-12.csv")
    text = queue.file_of(job).read_text("utf-8-sig")
    assert "owner" in text
    assert "owner@example.org" not in text


def test_no_cell_becomes_a_formula(cast: Cast, actor: Actor, tmp_path: Path) -> None:
    titles = ["=1+1", "+1", "-1", "@SUM(A1)", "'=x", "'normal"]
    for number, title in enumerate(titles):
        casting.milestone(cast.plan, cast.stream, f"Z-{number}", title=title, description=f"\t{title}\r\n_x000D_\x0b")
    rows = Milestone.objects.filter(code__startswith="Z-").order_by("code")
    xlsx = exported(tmp_path, actor, rows)
    sheet: Any = openpyxl.load_workbook(xlsx).worksheets[0]
    assert [(row[5].value, row[5].data_type) for row in sheet.iter_rows(min_row=2)] == [(one, "s") for one in titles]
    csv = exported(tmp_path, actor, rows, ending="csv")
    text = csv.read_text("utf-8-sig")
    assert ",'=1+1," in text
    assert ",''=x," in text
    for file in (xlsx, csv):
        assert counts(looked_at(file, actor)) == {"unchanged": len(titles)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_text_files_in_any_order_below_titles(cast: Cast, actor: Actor, encoding: str) -> None:
    for separator in ",\t;":
        lines = [
            ["2023年工作要点（送审稿）"],
            [],
            ["完成时限（必填）", "任务名称", "备注", "编号", "计划", "工作领域", "类别"],
            ["三季度末", "节点 改", "无", "FIN-01", "2023年工作要点", "金融", "工程建设"],
            ["6月底前", "节点 新", "", "", "p-2023", "FIN", "policy"],
            ["", "", "", "", "", "", ""],
        ]
        text = "\r\n".join(separator.join(line) for line in lines)
        found = looked_at(text.encode(encoding), actor)
        assert counts(found) == {"new": 1, "changed": 1}, separator
        assert found.found["ignored"] == ["备注"]
        changed = found.rows.get(status="changed")
        assert set(changed.changes) == {"title", "due"}


def test_rows_that_name_no_plan_are_of_the_plan_that_was_chosen(cast: Cast, actor: Actor) -> None:
    text = "Code,Title,Due,Workstream,Kind\nFIN-02,another,上半年,FIN,project\n"
    assert counts(looked_at(text.encode(), actor, plan=cast.plan)) == {"changed": 1}
    without = looked_at(text.encode(), actor)
    assert {error["code"] for row in without.rows.all() for error in row.errors} == {"year_missing"}


def test_the_key_counts_before_the_code_and_an_unknown_one_is_told(cast: Cast, actor: Actor) -> None:
    head = "Key (keep),Plan,Code,Title\n"
    renamed = looked_at(f"{head}{cast.roof.pk},p-2023,NEW-1,节点 FIN-01\n".encode(), actor)
    assert renamed.rows.get().changes == {"code": ["FIN-01", "NEW-1"]}
    unknown = looked_at(f"{head}{cast.plan.pk},p-2023,FIN-01,x\nxyz,p-2023,FIN-02,x\n".encode(), actor)
    assert [error["code"] for row in unknown.rows.order_by("number") for error in row.errors] == ["unknown_key", "key"]


def test_a_column_that_is_not_there_leaves_its_values(cast: Cast, actor: Actor) -> None:
    operations.change(cast.roof, {}, parties=[operations.PartyInput("supporting", cast.harbour)], actor=SYSTEM, now=NOW)
    text = "计划,编号,责任单位\np-2023,FIN-01,FTB\n"
    found = looked_at(text.encode(), actor).rows.get()
    assert [one["role"] for one in found.changes["parties"][1]] == ["responsible", "supporting"]


# --- Any table --------------------------------------------------------------------------------------------------------
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
LINE = TEXT.map(lambda text: "".join(char for char in text if char not in "\r\n").strip())
MARKS = st.sampled_from(
    ["=", "+", "-", "@", "'", "'=", "_x000D_", "，", '"', ";", "年内", "2023", "TRUE", "1e5", "001"]
)
TITLE = st.builds(lambda mark, text: f"{mark}{text}".strip() or "x", MARKS, LINE)
DATE = st.builds(
    period_of,
    st.dates(date(1901, 1, 1), date(2199, 12, 31)),
    st.sampled_from(Precision),
)
ROW = st.fixed_dictionaries(
    {
        "title": TITLE,
        "title_en": LINE,
        "kind": st.sampled_from(Kind.values),
        "stage": LINE,
        "description": TEXT.map(str.strip),
        "criterion": TITLE,
        "weight": st.integers(1, 30_000),
        "due": DATE,
        "forecast": st.none() | DATE,
        "accountable": st.sampled_from([None, "owner@example.org"]),
        "lead": st.sampled_from([None, "FTB", "HBR"]),
    }
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROW, min_size=1, max_size=8),
    ending=st.sampled_from(["xlsx", "csv"]),
    language=st.sampled_from(["zh-hans", "en"]),
)
def test_any_table_of_valid_values_survives(
    cast: Cast, actor: Actor, tmp_path: Path, rows: list[dict[str, Any]], ending: str, language: str
) -> None:
    Milestone.objects.exclude(pk__in=[cast.roof.pk]).delete()
    fuzzy = ("due", "forecast")
    make: Any = Keyed
    keyed = [
        make(
            plan="p-2023",
            workstream="FIN",
            code=f"P-{number}",
            **{k: Given(v.on, str(v.precision)) if k in fuzzy and v else v for k, v in row.items()},
        )
        for number, row in enumerate(rows)
    ]
    made = batch.run(keyed, actor=actor, now=NOW)
    assert not made.has_bad, [str(error) for result in made.results for error in result.errors]
    with translation.override(language):
        first = exported(tmp_path, actor, ending=ending, language=language)
        found = looked_at(first, actor)
        assert counts(found) == {"unchanged": len(rows) + 1}, [(row.changes, row.errors) for row in found.rows.all()]
        before = _cells(first)
        Milestone.objects.filter(code__startswith="P-").update(title="anders", description="", weight=1, stage="")
        back = looked_at(first, actor)
        if back.changed:
            imports.apply(back, Choice(), actor=actor, now=NOW)
        assert _cells(exported(tmp_path, actor, ending=ending, language=language)) == before


def _cells(file: Path) -> list[list[Any]]:
    """Without the versions."""
    lines = [line.cells for line in opening.opened(file).tables[0].lines()]
    return [[*cells[:1], *cells[2:]] for cells in lines]
