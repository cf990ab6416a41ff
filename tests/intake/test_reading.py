"""What do the rules propose, and what do they leave alone?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones import intake
from milestones.intake.rules import dates, quantities
from milestones.intake.rules.pieces import folded
from milestones.intake.rules.proposals import Proposal
from milestones.workdays.periods import FuzzyDate, Precision
from tests.intake import scoring
from tests.intake.scoring import Score

FRAGMENTS = (
    "2024年工作要点 一、重点任务 （一） 1. • 年内 6月底前 三季度末 到2025年 建成 印发 平台 实验室 方案 论坛 "
    "不少于 １００ 2-3 个 家 亿元 万㎡ % 以上 增长 力争 、 ， 。 ； ： （ ） 《 》 “ ” 牵头单位：发改委 完成时限：6月 "
    "序号 | 任务 | 责任单位 过去一年 已 等项目落地 结构封顶 分别 来源： 扫码 {{x}} 机构"
).split()


def test_texts_of_many_kinds_are_read_rightly_and_nothing_beside() -> None:
    """Work points, a government report, tables of tasks, inspections, projects and figures, a press page, a speech."""
    targets, milestones, wrong = Score(), Score(), []
    for name, text, labels in scoring.own_texts():
        scored = scoring.score(intake.read(text), labels, text)
        targets += scored.targets
        milestones += scored.milestones
        wrong += [(name, words) for words in scored.missed] + [(name, one.title) for one in scored.beside]
    assert targets.f1 >= 0.97, wrong
    assert milestones.f1 >= 0.95, wrong


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("年内", "2023"),
        ("全年", "2023"),
        ("年底前", "2023"),
        ("12月底前", "2023"),
        ("12月31日前", "2023-12-31"),
        ("上半年", "2023H1"),
        ("三季度末", "2023Q3"),
        ("一季度", "2023Q1"),
        ("6月底前", "2023-06"),
        ("六月底前", "2023-06"),
        ("5月中旬", "2023-05"),
        ("3月31日前", "2023-03-31"),
        ("到2025年", "2025"),
        ("2024年3月底前", "2024-03"),
        ("3-5月", "2023-05"),
        ("2023.06.30", "2023-06-30"),
        ("明年上半年", "2024H1"),
        ("二〇二三年底", "2023"),
    ],
)
def test_a_date_keeps_the_precision_of_its_promise(said: str, code: str) -> None:
    assert [str(one.due) for one in dates.find(folded(said), 2023)] == [code]


@pytest.mark.parametrize("said", ["三个月", "每季度", "《2035年规划》", "2月30日", "2022年度决算", "年末贷款余额"])
def test_what_is_no_date_is_none(said: str) -> None:
    assert dates.find(folded(said), 2023) == []


@pytest.mark.parametrize(
    ("said", "bound", "value", "high", "unit"),
    [
        ("不少于150家", "at_least", "150", None, "家"),
        ("20%以上", "at_least", "20", None, "%"),
        ("2-3个", "range", "2", "3", "个"),
        ("2至3个", "range", "2", "3", "个"),
        ("两到三家", "range", "2", "3", "家"),
        ("100万吨", "exactly", "100", None, "万吨"),
        ("25万立方", "exactly", "25", None, "万立方米"),
        ("10亿元以上", "at_least", "10", None, "亿元"),
        ("１，０００家", "exactly", "1000", None, "家"),
        ("５００万标箱", "exactly", "500", None, "万标箱"),
        ("120万㎡", "exactly", "120", None, "万平方米"),
        ("百亿元", "exactly", "100", None, "亿元"),
        ("十万平方米", "exactly", "10", None, "万平方米"),
        ("控制在5.5%以内", "at_most", "5.5", None, "%"),
        ("不超过3%", "at_most", "3", None, "%"),
        ("突破5000亿元", "above", "5000", None, "亿元"),
        ("8%左右", "about", "8", None, "%"),
        ("近百家", "about", "100", None, "家"),
        ("1.2亿立方米", "exactly", "1.2", None, "亿立方米"),
    ],
)
def test_a_quantity_has_value_unit_and_bound(said: str, bound: str, value: str, high: str | None, unit: str) -> None:
    (found,) = quantities.find(folded(said))
    assert (found.bound, found.value, found.unit) == (bound, Decimal(value), unit)
    assert found.value_max == (Decimal(high) if high else None)


def only(text: str, year: int | None = 2023) -> Proposal:
    (found,) = intake.read(text, year=year).proposals
    return found


def test_three_promises_without_a_sign_between_them_are_three() -> None:
    found = intake.read("年内甲学院正式挂牌运行乙中心结构封顶丙湾“明珠”结构完成。", year=2023).milestones
    assert [(one.title, one.kind) for one in found] == [
        ("甲学院正式挂牌运行", "institution"),
        ("乙中心结构封顶", "construction"),
        ("丙湾“明珠”结构完成", "construction"),
    ]


def test_a_list_of_projects_is_one_milestone_each_and_so_are_stages_in_a_bracket() -> None:
    found = intake.read(
        "推动甲网络、乙物流等重点项目落地；推动丙服务中心项目落地（摘地、开工）。", year=2023
    ).milestones
    assert [one.title for one in found] == [
        "甲网络项目落地",
        "乙物流项目落地",
        "丙服务中心项目摘地",
        "丙服务中心项目开工",
    ]


def test_a_work_and_its_date_in_the_next_clause_are_one_matter() -> None:
    one = only("推进海湾数据港建设，6月底前开工。")
    assert (one.title, one.stage, one.due) == ("海湾数据港开工", "开工", FuzzyDate(date(2023, 6, 30), Precision.MONTH))


def test_lead_and_date_beside_the_sentence_are_its_own() -> None:
    one = only("1.建成海湾检测中心。（牵头单位：产业处；配合单位：规划处、财政处；完成时限：三季度末）")
    assert (one.lead, one.supporting, str(one.due)) == ("产业处", ("规划处", "财政处"), "2023Q3")


def test_figures_of_the_past_and_properties_of_projects_are_no_targets() -> None:
    text = "过去一年，引进企业300家。推进总投资42亿元的海湾电站开工。实施第六届计划。"
    assert not intake.read(text, year=2023).targets


def test_without_any_year_nothing_has_a_date() -> None:
    assert only("建成海湾检测中心。", year=None).due is None


def test_what_differs_between_wide_and_narrow_signs_is_read_alike() -> None:
    wide, narrow = only("力争企业不少于１５０家，"), only("力争企业不少于150家,")
    assert (wide.value, wide.title, wide.span) == (narrow.value, narrow.title, narrow.span)


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=60).map("".join))
def test_any_text_is_read_and_spans_lie_where_they_say(text: str) -> None:
    reading = intake.read(text, year=2024)
    assert reading == intake.read(text, year=2024)
    spans = [one.span for one in reading.workstreams] + [one.span for one in reading.dropped]
    for one in reading.proposals:
        spans += [one.span, one.sentence_span]
        assert text[slice(*one.sentence_span)] == one.sentence
        assert one.sentence_span[0] <= one.span[0] < one.span[1] <= one.sentence_span[1]
        assert (one.value is not None) == one.is_target
        assert one.title
    assert all(0 <= start <= end <= len(text) for start, end in spans)
