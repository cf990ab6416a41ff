"""What does a delay do to what waits for it: by the page's own example, as a property, and for whom to see?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from milestones.models import Dependency, Milestone
from milestones.planning import dependencies, lifecycle, operations, ripples
from milestones.planning.knock_on import Edge, Node, delays, moved_by
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast

PAGE = Path(__file__).parents[2] / "docs" / "algorithms" / "knock-on.md"
DAYS = Calendar()
HOW: Any = {"actor": SYSTEM, "now": NOW}
on = FuzzyDate.parse


def example() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| FIN-")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_pages_example_is_what_is_worked_out() -> None:
    rows = example()
    nodes = {code: Node(code, on(due), on(forecast) if forecast else None) for code, due, forecast, *_ in rows}
    ties = [(code, *part.split(" + ")) for code, _d, _f, waits, *_ in rows for part in waits.split(", ") if part]
    found = delays(nodes, [Edge(before, code, int(lag)) for code, before, lag in ties], DAYS)
    said = {code: [str(d.earliest), str(d.days), str(d.to)] for code, d in found.items()}
    assert said == {code: last for code, *_others, a, b, c in rows if any(last := [a, b, c])}
    assert len(rows) == 5


NODES = {"a": Node("a", on("2023-03-01")), "b": Node("b", on("2023-03-10")), "c": Node("c", on("2023-03-10"))}


def late(edges: list[Edge], **changed: Node) -> dict[str, tuple[str, int, str]]:
    return {pk: (str(d.earliest), d.days, d.because) for pk, d in delays({**NODES, **changed}, edges, DAYS).items()}


def test_what_was_reached_moves_no_more_and_counts_with_its_day() -> None:
    edges = [Edge("a", "b", 20), Edge("b", "c", 1)]
    assert late(edges) == {"b": ("2023-03-29", 13, "a"), "c": ("2023-03-30", 14, "b")}
    assert late(edges, b=Node("b", on("2023-03-10"), actual=on("2023-03-09"))) == {}


def test_a_lead_lets_the_successor_come_before() -> None:
    assert late([Edge("b", "a", -7)]) == {}
    assert late([Edge("b", "a", -6)]) == {"a": ("2023-03-02", 1, "b")}


def test_on_a_day_off_it_may_be_later_by_no_working_day() -> None:
    """Friday 10 March and Saturday the 11th."""
    assert late([Edge("a", "b")], a=Node("a", on("2023-03-11"))) == {"b": ("2023-03-11", 0, "a")}


def test_the_tie_that_binds_most_is_named() -> None:
    assert late([Edge("a", "c", 8), Edge("b", "c", 2)]) == {"c": ("2023-03-14", 2, "b")}


def test_where_dates_end_a_delay_ends() -> None:
    assert late([Edge("a", "b", 400)], a=Node("a", on("9998")))["b"][0] == "9999-12-31"


def test_a_tie_to_what_is_not_seen_is_left_out() -> None:
    assert late([Edge("hidden", "b", 100)]) == {}


days = st.dates(date(2022, 1, 1), date(2025, 12, 31)).map(FuzzyDate)
pairs = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])
edge_lists = st.dictionaries(pairs, st.integers(-30, 60), max_size=16)


@given(st.lists(days, min_size=8, max_size=8), edge_lists, st.integers(0, 7), st.integers(1, 90))
def test_a_later_milestone_never_brings_another_forward(
    due: list[FuzzyDate], ties: dict[tuple[int, int], int], which: int, by: int
) -> None:
    nodes = {n: Node(n, day) for n, day in enumerate(due)}
    edges = [Edge(a, b, lag) for (a, b), lag in ties.items()]
    before = delays(nodes, edges, DAYS)
    ends = {n: before[n].earliest if n in before else nodes[n].due.on for n in nodes}
    for edge in edges:  # every dependency is kept by what was found, and no delay is without one that binds
        assert ends[edge.successor] >= DAYS.add(ends[edge.predecessor], edge.lag)
    for n, delay in before.items():
        assert any(
            e.successor == n and e.predecessor == delay.because and DAYS.add(ends[e.predecessor], e.lag) == ends[n]
            for e in edges
        )
    after = delays(nodes | {which: Node(which, FuzzyDate(DAYS.add(due[which].on, by)))}, edges, DAYS)
    assert all(pk in after and after[pk].earliest >= old.earliest for pk, old in before.items() if pk != which)
    assert all(delay.milestone != which or which in before for delay in moved_by(before, after))


# --- Out of the database ----------------------------------------------------------------------------------------------
def tie(a: Milestone, b: Milestone, lag: int = 0) -> Dependency:
    return dependencies.add(a, b, lag=lag, **HOW)


def said(found: dict[Any, ripples.Ripple]) -> list[tuple[str, str, str]]:
    return [(one.milestone.code, str(one.delay.to), one.because.code) for one in found.values()]


@pytest.mark.django_db
def test_a_plan_shows_what_cannot_be_reached(running: Cast) -> None:
    c = running
    tie(c.school, c.rules, 5)  # June, and 15 March
    assert said(ripples.of_plan(c.plan, c.viewer).ripples()) == [("FIN-03", "2023-07-07", "FIN-02")]
    lifecycle.cancel(c.school, reason="不建了", **HOW)
    assert said(ripples.of_plan(c.plan, c.viewer).ripples()) == []


@pytest.mark.django_db
def test_what_an_extension_would_move(running: Cast) -> None:
    c = running
    tie(c.school, c.roof, 100)  # June + 100 working days is still in 2023
    net = ripples.of_milestone(c.school, c.viewer)
    assert said(net.ripples()) == []
    operations.forecast(c.school, on("2023-05"), reason="顺利", **HOW)
    moved = ripples.of_milestone(c.school, c.viewer).if_expected(c.school, due=on("2023-09"))
    assert [(r.milestone.code, str(r.delay.to), r.delay.days) for r in moved] == [("FIN-01", "2024", 38)]
    assert ripples.of_milestone(c.rules, c.viewer).if_expected(c.rules, due=on("2023-09")) == []


@pytest.mark.django_db
def test_a_draft_waits_for_what_is_active_and_only_the_office_sees_it(running: Cast) -> None:
    other = casting.plan("p-2024", year=2024, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    draft = casting.milestone(other, casting.workstream(other), "NEXT", on("2023-10-09"))
    tie(running.roof, draft)
    for who, shown in ((running.viewer, []), (running.office, [("NEXT", "2023-12-31", "FIN-01")])):
        assert said(ripples.of_plan(other, who).ripples()) == shown
        moved = ripples.of_milestone(running.roof, who).if_expected(running.roof, due=on("2024-03"))
        assert [ripple.milestone.code for ripple in moved] == [code for code, *_ in shown]


@pytest.mark.django_db
def test_as_many_queries_for_many_as_for_few(running: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            ripples.of_plan(running.plan, running.viewer).ripples()
            ripples.of_milestone(running.roof, running.viewer).ripples()
        return len(queries)

    tie(running.roof, running.school)
    assert running.viewer.roles  # read once
    few = asked()
    made = [casting.milestone(running.plan, running.stream, f"M-{n}") for n in range(30)]
    for one in made:
        tie(running.school, one)
    assert asked() == few == 7
