"""Is the wall chart drawn where the dates are, does it say the same in words, and does it stay small?"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from milestones.actors import Actor
from milestones.planning import dependencies, operations, plans
from milestones.web.presenters.wallchart import page as paging
from milestones.web.presenters.wallchart.lanes import Dates, Lane, lane
from milestones.web.presenters.wallchart.links import Link, pieces
from milestones.web.presenters.wallchart.scale import Scale
from milestones.workdays import Precision
from milestones.workdays.periods import period_of
from tests.web import cast as casting
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

WALL = "/plans/p-2023/wallchart/"
NEW_YEAR = date(2023, 1, 1)

days = st.integers(-200, 800).map(lambda n: NEW_YEAR + timedelta(days=n))
fuzzy = st.builds(period_of, days, st.sampled_from(Precision))
dates = st.builds(Dates, fuzzy, fuzzy, st.none() | fuzzy, st.none() | fuzzy, st.none() | days)
windows = st.tuples(st.integers(0, 300), st.integers(27, 400)).map(
    lambda two: (NEW_YEAR + timedelta(days=two[0]), NEW_YEAR + timedelta(days=sum(two)))
)


@given(dates, windows)
def test_whatever_the_dates_all_is_drawn_inside_and_in_order(given: Dates, window: tuple[date, date]) -> None:
    drawn = drawn_in(given, *window)
    xs = [mark.x for mark in drawn.marks] + [x for line in drawn.lines for x in (line.x1, line.x2)]
    assert all(0 <= x <= 100 for x in xs)
    assert all(line.x1 < line.x2 for line in drawn.lines)
    if drawn.span:
        assert drawn.span[0] >= 0 <= drawn.span[1]
        assert sum(drawn.span) <= 100.01
    stretches = sorted(label.stretch for label in drawn.labels)
    assert all(0 <= start < end <= 100 for start, end in stretches)
    assert all(one[1] < other[0] for one, other in pairwise(stretches)), "labels meet"
    assert not any(start < mark.x < end for mark in drawn.marks for start, end in stretches), "a label covers a mark"
    assert any(mark.name in ("due", "forecast", "actual", "actual-late") or "both" in mark.name for mark in drawn.marks)


@given(dates, windows)
def test_late_is_red_early_is_green_and_within_its_own_period_is_neither(
    given: Dates, window: tuple[date, date]
) -> None:
    css = {line.css for line in drawn_in(given, *window).lines}
    assert not {"slip-late", "slip-early"} <= css
    if given.end is None or given.due.start <= given.end <= given.due.on:
        assert not css & {"slip-late", "slip-early"}
    elif given.end > given.due.on:
        assert "slip-early" not in css
    else:
        assert "slip-late" not in css


@given(st.integers(0, 30), st.integers(0, 30), st.floats(0, 100), st.floats(0, 100))
def test_a_dependency_runs_without_a_gap_from_lane_to_lane(start: int, stop: int, x1: float, x2: float) -> None:
    if start == stop:
        return
    found = pieces([Link(start, stop, x1, x2)])
    assert sorted(found) == list(range(min(start, stop), max(start, stop) + 1))
    assert all(piece.x1 == x1 for through in found.values() for piece in through)
    across = found[stop][-1]
    assert across.is_head
    assert across.is_against == (x2 < x1)


def test_each_row_is_a_link_and_says_what_it_draws(cast: Cast, client_of: SignIn) -> None:
    client = in_english(client_of, cast)
    page = client.get(WALL).content.decode()
    for code in ("FIN-07", "FIN-08", "FIN-09"):
        assert f'<th class="names" scope="row"><a href="/plans/p-2023/milestones/{code}/">' in page
    ring = row(page, "FIN-09")
    assert "First promise September 15; Due September 15. 4 working days later" in ring
    assert '<line class="slip-late"' in ring
    assert '<td class="n late">+4</td>' in ring
    school = row(page, "FIN-07")
    assert 'class="fuzzy-span"' in school
    assert "#w-both-fuzzy" in school
    assert ">within the year</text>" in school
    assert "counted as December 31" in school


def test_what_does_not_fit_the_time_shown_or_the_filters_is_counted_not_drawn(cast: Cast, client_of: SignIn) -> None:
    client = in_english(client_of, cast)

    def codes(query: str) -> list[str]:
        return re.findall(r'<span class="code">([\w-]+)</span>', client.get(WALL + query).content.decode())

    assert codes("") == ["FIN-07", "FIN-08", "FIN-09"]
    assert codes("?order=due") == ["FIN-09", "FIN-08", "FIN-07"]
    assert codes("?zoom=month&from=2023-10") == ["FIN-07", "FIN-08"]
    assert codes("?zoom=quarter&from=2023-03") == ["FIN-07"]
    assert (
        "2 milestones have nothing to do with this time"
        in client.get(WALL + "?zoom=quarter&from=2023-03").content.decode()
    )
    assert codes("?kind=construction") == ["FIN-08"]
    assert codes("?health=red") == []  # nothing was assessed since January
    assert codes("?health=green&unfinished=1") == ["FIN-07", "FIN-08", "FIN-09"]
    assert codes("?lead=TAL") == []
    assert codes("?open=") == []
    assert codes("?zoom=century&from=x&health=blue&kind=none&skip=x") == ["FIN-07", "FIN-08", "FIN-09"]


def test_dependencies_are_drawn_on_demand(cast: Cast, client_of: SignIn) -> None:
    dependencies.add(cast.roof, cast.school, lag=0, actor=Actor.system(), now=TODAY)
    client = in_english(client_of, cast)
    assert 'class="depends"' not in client.get(WALL).content.decode()
    page = client.get(WALL + "?dependencies=1").content.decode()
    assert '<line class="depends"' in row(page, "FIN-08")
    assert 'href="#w-head"' in row(page, "FIN-07")
    few = client.get(WALL + "?dependencies=1&kind=construction").content.decode()
    assert "1 dependency leads to a milestone that is not drawn here" in few


def test_more_than_one_page_holds_is_folded_and_told(
    cast: Cast, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "DRAWN", 2)
    plans.create_workstream(cast.plan, {"code": "LIV", "title": "民生"}, actor=SYSTEM, now=TODAY)
    stream = cast.plan.workstreams.get(code="LIV")
    casting.make(cast.plan, stream, "LIV-01", title="社区中心投用", lead=cast.roof.lead)
    client = in_english(client_of, cast)
    page = client.get(WALL).content.decode()
    assert "4 milestones are too many for one page" in page
    assert "FIN-08" not in page
    assert "October 2023: 1 due" in page
    opened = client.get(WALL + "?open=FIN").content.decode()
    assert "Rows 1 to 2 of 3" in opened
    assert "1 more" in opened
    assert "FIN-09" in client.get(WALL + "?open=FIN&skip=2").content.decode()


def test_the_twin_has_the_same_rows_as_a_table_of_dates(cast: Cast, client_of: SignIn) -> None:
    client = in_english(client_of, cast)
    twin = client.get(WALL + "?as=table").content.decode()
    assert twin.count('<th scope="row">') == 3
    assert '<span class="fuzzy"' in twin
    assert '<svg class="lane"' not in twin


def test_nothing_to_show_says_what_to_do(cast: Cast, client_of: SignIn) -> None:
    client = in_english(client_of, cast)
    assert "Clear the filters" in client.get(WALL + "?lead=TAL").content.decode()
    operations.delete(cast.secret, actor=SYSTEM, now=TODAY)
    assert "No milestones yet." in client.get("/plans/p-2024/wallchart/").content.decode()


def drawn_in(given: Dates, first: date, last: date) -> Lane:
    found = given.days()
    scale = Scale(first, last, any(day < first for day in found), any(day > last for day in found))
    return lane(given, scale, str)


def in_english(client_of: SignIn, cast: Cast) -> Client:
    client = client_of(cast.office)
    client.cookies["django_language"] = "en"
    return client


def row(page: str, code: str) -> str:
    return next(one for one in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{code}</span>" in one)
