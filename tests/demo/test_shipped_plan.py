"""Does the shipped plan hold the published facts, each with its place in the source?

The source text is not part of the project; its length is, so that a span outside it is noticed.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from milestones.demo import shipped
from milestones.exchange.checks import Known
from milestones.exchange.planfile import read_plan_file
from milestones.exchange.rows import PlanFile
from milestones.workdays import FuzzyDate, Precision

SOURCE_LENGTH = 2367
SOURCE_SHA256 = "2169627d22911aa982140c6a854494c1a4db76bdbc1b688a6cc2e1a127c0075c"
TARGETS = """
HEAD-T1 flow_growth exactly 20
HEAD-T2 flow_growth exactly 20
HEAD-T3 flow_growth exactly 10
HEAD-T4 flow_growth exactly 20
HEAD-T5 flow_growth exactly 20
INN-T1 cumulative range 2 3
INN-T2 stock at_least 150
INN-T3 stock at_least 1000
INN-T4 stock at_least 50
INN-T5 stock at_least 12
IND-T1 cumulative exactly 1000
FIN-T1 stock_growth at_least 20
FIN-T2 cumulative exactly 100
TRD-T1 flow_growth exactly 30
YSB-T1 cumulative exactly 100
YSB-T2 cumulative exactly 25
YSB-T3 cumulative at_least 10
YSB-T4 cumulative at_least 10
"""


@pytest.fixture(scope="module")
def plan_file() -> PlanFile:
    return read_plan_file(shipped.content("lingang-2023"), "lingang-2023.toml", Known())


def test_the_eighteen_targets(plan_file: PlanFile) -> None:
    expected = []
    for line in TARGETS.split("\n")[1:-1]:
        code, measure, bound, *values = line.split()
        expected.append((code, measure, bound, [Decimal(value) for value in values]))
    found = [
        (row.key, row.get("measure"), row.get("bound"), [v for v in (row.get("value"), row.get("value_max")) if v])
        for row in plan_file.targets
    ]
    assert found == expected


def test_forty_one_milestones_in_seven_workstreams(plan_file: PlanFile) -> None:
    per_workstream = Counter(row.get("workstream") for row in plan_file.milestones)
    assert per_workstream == {"REF": 5, "INN": 6, "IND": 4, "FIN": 9, "TRD": 4, "YSB": 9, "CTY": 4}
    assert [row.key for row in plan_file.workstreams] == list(per_workstream)


def test_all_are_due_within_the_year_and_nobody_is_named(plan_file: PlanFile) -> None:
    within_the_year = FuzzyDate(date(2023, 12, 31), Precision.YEAR)
    assert {row.get("due") for row in plan_file.milestones} == {within_the_year}
    assert not any("accountable" in row.values for row in plan_file.milestones)
    assert plan_file.people == ()


def test_every_milestone_has_both_titles_a_criterion_a_stage_and_a_lead(plan_file: PlanFile) -> None:
    for row in plan_file.milestones:
        assert all(row.get(key) for key in ("title", "title_en", "criterion", "stage", "lead")), row.key


def test_the_three_headline_milestones(plan_file: PlanFile) -> None:
    kinds = {row.key: (row.get("kind"), row.get("stage")) for row in plan_file.milestones}
    assert kinds["FIN-07"] == ("institution", "挂牌")
    assert kinds["FIN-08"] == ("construction", "封顶")
    assert kinds["FIN-09"] == ("construction", "结构完成")


def test_every_row_has_its_place_in_the_source(plan_file: PlanFile) -> None:
    for row in plan_file.milestones + plan_file.targets:
        start, end = row.get("span")
        assert 0 < start < end <= SOURCE_LENGTH, row.key
        assert end - start < 60, row.key
    assert SOURCE_SHA256.encode() in shipped.content("lingang-2023")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError):
        shipped.content("../lingang-2023")
