"""Does every order show each row once, forwards and backwards, whatever is added meanwhile?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from milestones import ledger
from milestones.ledger import counting, paging
from milestones.ledger.query import ORDERS, Query
from milestones.models import Milestone, Plan
from milestones.planning import lifecycle, operations, plans
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate
from tests.cast import LATER, NOW, SYSTEM, YEAR_END, Cast, acting, milestone, plan, workstream

TODAY = date(2023, 4, 3)
SIZE = 3


@pytest.fixture
def full(running: Cast) -> Cast:
    """Two active plans whose rows are alike in most columns; the second one is seen by its plan."""
    other = plan("p-2023b")
    stream = workstream(other, "URB", "城建")
    for n in range(4):
        milestone(running.plan, running.stream, f"FIN-1{n}", YEAR_END, lead=running.bureau, weight=1 + n % 2)
        milestone(other, stream, f"FIN-1{n}", YEAR_END, accountable=running.owner)
    plans.activate(other, actor=SYSTEM, now=NOW)
    running.roof.refresh_from_db()
    owner = acting(running.owner)
    reports.submit(
        reports.write(
            running.roof, {"as_of": date(2023, 2, 1), "progress": 40, "done": "三层完成"}, actor=owner, now=LATER
        ),
        actor=owner,
        now=LATER,
    )
    running.roof.refresh_from_db()
    late = FuzzyDate(date(2024, 3, 31))
    operations.forecast(running.roof, late, reason="到货延后", actor=owner, now=LATER)
    running.school.refresh_from_db()
    lifecycle.cancel(running.school, reason="不再建设", actor=acting(running.office), now=LATER)
    return running


def walk(cast: Cast, query: Query) -> list[list[object]]:
    """Every page by the one before."""
    found, cursor = [], ""
    for _page in range(20):
        page = paging.page(cast.office, replace(query, cursor=cursor), TODAY, size=SIZE)
        found.append(page.ids)
        if not page.next:
            return found
        cursor = page.next
    raise AssertionError(f"the pages never end by {query.order}")


def test_pages_by_any_order_are_the_rows_of_the_address(full: Cast) -> None:
    for name in ORDERS:
        for way in ("", "-"):
            query = Query(order=(f"{way}{name}",))
            expected = list(ledger.rows(full.office, query.text(), TODAY).values_list("pk", flat=True))
            assert len(expected) == 11
            assert [pk for page in walk(full, query) for pk in page] == expected, query.order


def test_the_way_back_is_the_way_there(full: Cast) -> None:
    for order in (("health", "due"), ("-due",), ("lead", "-title")):
        query = Query(order=order)
        first = paging.page(full.office, query, TODAY, size=SIZE)
        second = paging.page(full.office, replace(query, cursor=first.next), TODAY, size=SIZE)
        back = paging.page(full.office, replace(query, cursor=second.previous), TODAY, size=SIZE)
        assert (back.ids, back.previous, bool(back.next)) == (first.ids, "", True)


def test_what_is_added_before_a_page_moves_nothing_on_the_next(full: Cast) -> None:
    query = Query(order=("code",), plan=("p-2023",))
    first = paging.page(full.office, query, TODAY, size=SIZE)
    expected = paging.page(full.office, replace(query, cursor=first.next), TODAY, size=SIZE).ids
    milestone(full.plan, full.stream, "AAA-01")
    assert paging.page(full.office, replace(query, cursor=first.next), TODAY, size=SIZE).ids == expected


def test_a_cursor_that_nobody_gave_is_the_first_page(full: Cast) -> None:
    first = paging.page(full.office, Query(), TODAY, size=SIZE)
    for cursor in ("x", "eyJ9", "WyJhZnRlciIsIm5vbmUiXQ", "%%%"):
        assert paging.page(full.office, Query(cursor=cursor), TODAY, size=SIZE).ids == first.ids


def test_the_worst_come_first_and_what_has_no_health_last(full: Cast) -> None:
    rows = list(ledger.rows(full.office, "plan=p-2023", TODAY))
    assert [row.health for row in rows[:1]] == ["red"]
    assert rows[-1].state == "cancelled"
    assert list(ledger.rows(full.office, "plan=p-2023&health=red&health=none", TODAY)) == [
        row for row in rows if row.health in ("red", None)
    ]


def test_counts_are_exact_up_to_their_limit(full: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(counting.count(full.office, Query(), TODAY)) == "11"
    monkeypatch.setattr(counting, "MOST", 10)
    assert str(counting.count(full.office, Query(), TODAY)) == "10+"


def test_a_draft_is_the_offices(full: Cast) -> None:
    Plan.objects.filter(code="p-2023b").update(state="draft", activated_at=None)
    assert {row.plan.code for row in ledger.rows(full.viewer, "plan=all", TODAY)} == {"p-2023"}
    assert not ledger.rows(full.viewer, "plan=p-2023b", TODAY).exists()
    assert ledger.rows(full.office, "plan=p-2023b", TODAY).count() == 4


def test_the_first_page_is_read_from_its_index(full: Cast) -> None:
    rows = Milestone.objects.filter(plan=full.plan).order_by()
    catalogue = "sqlite_master" if connection.vendor == "sqlite" else "pg_indexes"
    column = "name" if connection.vendor == "sqlite" else "indexname"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {catalogue} WHERE {column} LIKE 'milestone%'")
        names = {name for (name,) in cursor.fetchall()}
    assert "milestone_ledger" in names
    assert ("milestone_find_sqlite" in names) is (connection.vendor == "sqlite"), "see models.search.narrow"
    if connection.vendor == "sqlite":
        page = ledger.rows(full.office, "plan=p-2023", TODAY).filter(plan=full.plan).values("pk")
        assert "milestone_ledger" in page.explain()
        assert "milestone_find_sqlite" in rows.filter(find__contains="x").values("pk").explain()
