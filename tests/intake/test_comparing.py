"""Which titles are taken for one, and of which texts does something count as gone?"""

from __future__ import annotations

import random
from typing import Any

import pytest

from milestones.intake import reviewing
from milestones.intake.alike import ALIKE, likely_pairs, likeness
from milestones.intake.standing import Stand, overview
from milestones.models import IntakeText
from tests.cast import LATER, Cast, acting

PARTS = "海湾 新城 检测 中心 二期 项目 建设 推进 平台 大桥 学校 产业园 工程 数据 港 甲 乙".split()
FIRST = "海湾片区2023年工作要点\n一、产业\n1.建成海湾检测中心。\n2.印发《支持办法》。\n3.海湾大桥6月底前通车。\n"
OTHER = "海湾片区2023年民生实事清单\n1.开工建设海湾第二小学。\n2.新建海湾社区医院。\n"


def test_pairs_that_are_asked_hold_all_that_are_alike_and_are_few() -> None:
    chance = random.Random(7)
    titles = ["".join(chance.choices(PARTS, k=chance.randint(1, 6))) for _ in range(300)]
    others = ["".join(chance.choices(PARTS, k=chance.randint(1, 6))) for _ in range(300)]
    asked = set(likely_pairs(titles, others))
    alike = {
        (at, number)
        for at, one in enumerate(titles)
        for number, other in enumerate(others)
        if likeness(one, other) >= ALIKE
    }
    assert alike
    assert alike <= asked
    assert len(asked) < len(titles) * len(others) / 4


@pytest.mark.django_db
def test_only_what_the_replaced_version_had_is_gone(cast: Cast) -> None:
    act: dict[str, Any] = {"actor": acting(cast.office), "now": LATER}

    def taken_over(text: str, **how: Any) -> IntakeText:
        kept = reviewing.receive(cast.plan, text, "", **how, **act)
        reviewing.accept(kept, [row.number for row in overview(kept).all(Stand.NEW)], **act)
        return kept

    first = taken_over(FIRST)
    other = taken_over(OTHER)
    assert (other.replaces, overview(other).gone) == (None, ())
    newer = taken_over(FIRST.replace("1.建成海湾检测中心。\n", ""))
    assert newer.replaces == first
    assert [str(one) for one in overview(newer).gone] == [
        str(made) for made in cast.plan.milestones.filter(title__contains="检测中心")
    ]
    chosen = reviewing.receive(cast.plan, "2023年计划\n新建海湾剧院。\n", "", replaces=other, **act)
    assert len(overview(chosen).gone) == 2
