"""Which rows does each part of an address mean, and each word that is typed?"""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from milestones import ledger
from milestones.ledger.query import Query
from milestones.ledger.typed import understood
from milestones.planning import lifecycle, operations
from tests.cast import LATER, SYSTEM, Cast, acting, bring

TODAY = date(2023, 6, 27)  # three working days before June ends
ROOF, SCHOOL, RULES = "FIN-01", "FIN-02", "FIN-03"


@pytest.fixture
def seen(running: Cast) -> Cast:
    operations.change(running.roof, {"title": "中银西岛中心结构封顶"}, actor=SYSTEM, now=LATER)
    lifecycle.start(running.school, actor=acting(running.other), now=LATER)
    return running


def codes(cast: Cast, text: str) -> set[str]:
    return {row.code for row in ledger.rows(cast.viewer, text, TODAY)}


def test_every_filter(seen: Cast) -> None:
    expected = {
        "": {ROOF, SCHOOL, RULES},
        "plan=p-2023": {ROOF, SCHOOL, RULES},
        "plan=none": set(),
        "q=西岛": {ROOF},
        "q=XIDAO": {ROOF},
        "q=zyxd": {ROOF},
        "q=fin-03": {RULES},
        "q=港城": {SCHOOL},
        "q=nothing-like-it": set(),
        "workstream=FIN": {ROOF, SCHOOL, RULES},
        "workstream=URB": set(),
        "state=in_progress": {SCHOOL},
        "state=open": {ROOF, SCHOOL, RULES},
        "state=planned&state=completed": {ROOF, RULES},
        "lead=FTB": {ROOF},
        "lead=none": {RULES},
        "lead=FTB&lead=none": {ROOF, RULES},
        f"accountable={seen.owner.pk}": {ROOF},
        f"accountable=none&accountable={seen.other.pk}": {SCHOOL, RULES},
        "accountable=nobody": set(),
        "kind=policy": {RULES},
        "code=FIN-01&code=FIN-03": {ROOF, RULES},
        "due_from=2023-06-01": {ROOF, SCHOOL},
        "due_from=2023-03-15&due_to=2023-03-15": {RULES},
        "show=overdue": {RULES},
        "show=soon": {SCHOOL},
        "show=planned": {ROOF},
        "show=unassigned": {RULES},
        "show=overdue&show=soon": {RULES, SCHOOL},
        "show=done": set(),
        "show=what": set(),
        "kind=policy&lead=FTB": set(),
    }
    assert {text: codes(seen, text) for text in expected} == expected


def test_facts_filter_as_they_speak_of_a_row(seen: Cast) -> None:
    from milestones.planning.calendars import calendar
    from milestones.planning.facts import Fact, Window

    bring(seen, seen.roof, "completed")
    window = Window.of(TODAY, calendar())
    rows = list(ledger.rows(seen.viewer, "", TODAY))
    for fact in Fact:
        named = {row.code for row in rows if window.fact(row.state, row.due_on, row.actual_on) is fact}
        assert codes(seen, f"show={fact.value}") == named, fact


def test_an_address_is_written_as_it_is_read() -> None:
    text = "q=a%20b&plan=p&health=red&health=none&due_from=2023-01-31&order=-due,code&columns=code,title,owner"
    assert Query.parse(text).text() == text
    assert Query.parse("order=health,due&columns=&q=+&cursor=").text() == ""
    assert Query.parse("due_from=31.1.&order=nonsense").unread == ("31.1.", "nonsense")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_filters_are_typed_in_either_language(seen: Cast, language: str) -> None:
    expected = {
        "健康度:滞后 西岛": "q=西岛&health=red",
        "health：late": "health=red",
        "owner: other": f"accountable={seen.other.pk}",
        "责任人:none 牵头:金贸": "lead=FTB&accountable=none",
        "due:2023-09": "due_from=2023-09-01&due_to=2023-09-30",
        "应完成:9月": "due_from=2023-09-01&due_to=2023-09-30",
        "状态:计划中": "state=planned",
        "领域:金融": "workstream=FIN",
        "due:2023-13 what:ever": "q=due:2023-13 what:ever",
    }
    with translation.override(language):
        found = {typed: understood(Query(q=typed), TODAY) for typed in expected}
    assert found == {typed: Query.parse(text) for typed, text in expected.items()}
