"""How do proposals become a plan, once and not twice?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from milestones import intake
from milestones.errors import DomainError, Forbidden
from milestones.intake import applying
from milestones.marking import Classified
from milestones.models import ChangeEntry, Milestone, Target
from milestones.planning import operations
from milestones.workdays.periods import FuzzyDate, Precision
from tests.cast import LATER, Cast, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(cast: Cast) -> dict[str, Any]:
    return {"actor": acting(cast.office), "now": LATER}


def test_what_is_new_is_made_by_the_verbs_with_its_place_in_the_text(cast: Cast, act: Any, plan_text: str) -> None:
    reading = intake.read(plan_text)
    applied = applying.apply(cast.plan, reading.proposals, **act)
    centre, rules = applied.milestones
    assert (centre.title, centre.kind, centre.workstream.title) == ("建成海湾检测中心", "construction", "产业")
    assert centre.due == FuzzyDate(date(2023, 6, 30), Precision.MONTH)
    assert centre.lead == cast.bureau
    assert plan_text[centre.source_start : centre.source_end] == "6月底前建成海湾检测中心"
    assert (rules.stage, str(rules.due)) == ("印发", "2023Q3")
    assert [(one.name, one.value, one.bound, one.unit) for one in applied.targets] == [
        ("引进研发机构", Decimal(10), "at_least", "家")
    ]
    assert applied.unknown == ["不存在的局"]
    assert [one.title for one in applied.outside] == ["培育上市公司"]
    assert ChangeEntry.objects.of(centre).get().verb == "milestone.create"


def test_reading_again_makes_nothing_and_tells_what_a_newer_text_says(cast: Cast, act: Any, plan_text: str) -> None:
    applied = applying.apply(cast.plan, intake.read(plan_text).proposals, **act)
    centre, rules = applied.milestones
    operations.change(centre, {"title": "检测中心大楼启用"}, **act)  # in the office's own words
    again = applying.apply(cast.plan, intake.read(plan_text).proposals, **act)
    assert (again.milestones, again.targets, again.difference.changed) == ([], [], ())

    newer = "（修订稿）\n" + plan_text.replace("10家", "12家").replace("4.三季度末", "4.11月底前").replace(
        "二、开放", "二、开放\n5.年内举办海湾开放论坛。"
    )
    difference = intake.compare(intake.read(newer).proposals, applying.existing(cast.plan))
    assert {match.existing.key: match.fields for match in difference.changed} == {
        applied.targets[0].code: ("value",),
        rules.code: ("due",),
    }
    assert "年内举办海湾开放论坛" not in {one.title for one in difference.gone}
    assert "举办海湾开放论坛" in {one.title for one in difference.new}


def test_what_a_newer_text_no_longer_says_is_gone_and_rows_of_the_office_never_are(
    cast: Cast, act: Any, plan_text: str
) -> None:
    applied = applying.apply(cast.plan, intake.read(plan_text).proposals, **act)
    shorter = intake.read(plan_text.replace("4.三季度末印发海湾跨境贸易行动方案。", "4.加强学习。"))
    difference = intake.compare(shorter.proposals, applying.existing(cast.plan))
    assert [one.key for one in difference.gone] == [applied.milestones[1].code]


def test_proposals_may_be_edited_and_chosen(cast: Cast, act: Any, plan_text: str) -> None:
    first = intake.read(plan_text).milestones[0]
    applied = applying.apply(cast.plan, [replace(first, title="海湾检测中心建成", kind="project")], **act)
    assert [(one.title, one.kind) for one in applied.milestones] == [("海湾检测中心建成", "project")]


def test_all_of_it_or_nothing(cast: Cast, act: Any, plan_text: str) -> None:
    proposals = list(intake.read(plan_text).proposals)
    proposals[-1] = replace(proposals[-1], title="机密★10年")
    before = Milestone.objects.count(), Target.objects.count()
    with pytest.raises(Classified):
        applying.apply(cast.plan, proposals, **act)
    with pytest.raises(Forbidden):
        applying.apply(cast.plan, proposals[:1], actor=acting(cast.owner), now=LATER)
    assert (Milestone.objects.count(), Target.objects.count()) == before


def test_a_text_of_another_year_is_refused(cast: Cast) -> None:
    with pytest.raises(DomainError, match="2022"):
        applying.check_year(2022, cast.plan)
    applying.check_year(None, cast.plan)
