"""Which laws does every pace obey, whatever was promised and read?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from milestones.models import Bound, Measure
from milestones.targets.figures import Figure, Promise, plain
from milestones.targets.pace import Pace, pace
from milestones.targets.wording import HEALTH_REASONS, METHODS

RANK = {"red": 0, "yellow": 1, "green": 2, "done": 3}
GROWN = ("at_least", "above")

Case = tuple[Promise, list[Figure], date]
values = st.decimals(-10_000, 10_000, places=4) | st.integers(-10, 120).map(Decimal)


@st.composite
def cases(draw: st.DrawFn, bounds: tuple[str, ...] = tuple(Bound.values)) -> Case:
    """A promise for a period of a day to three years, readings around it, and a day."""
    first = draw(st.dates(date(2022, 1, 1), date(2024, 12, 31)))
    length = draw(st.sampled_from([364, 365]) | st.integers(0, 1100))
    bound = draw(st.sampled_from(bounds))
    low, high = sorted([draw(values), draw(values)])
    promise = Promise(
        measure=draw(st.sampled_from(Measure.values)),
        bound=bound,
        value=low,
        value_max=high if bound == "range" else None,
        first=first,
        last=first + timedelta(length),
        tolerance=Decimal(draw(st.integers(0, 100))),
    )
    around = st.integers(-40, length + 40) | st.sampled_from([-1, 0, length, length + 1])
    days = around.map(lambda offset: first + timedelta(offset))
    return promise, draw(readings(days)), draw(days)


@st.composite
def readings(draw: st.DrawFn, days: st.SearchStrategy[date]) -> list[Figure]:
    """Several on one day, some revised, some provisional."""
    found: list[Figure] = []
    for number in range(draw(st.integers(0, 14))):
        free = [one.id for one in found if one.id not in {other.revises for other in found}]
        revises = draw(st.none() | st.sampled_from(free)) if free else None
        found.append(Figure(number, draw(days), draw(values), draw(st.booleans()), revises))
    return found


@given(cases())
def test_there_is_always_an_answer_and_a_reason_with_words(case: Case) -> None:
    promise, read, on = case
    found = pace(promise, read, on)
    assert found.reason.code in HEALTH_REASONS
    assert found.method.code in METHODS
    assert str(HEALTH_REASONS[found.reason.code]) % found.reason.params
    assert str(METHODS[found.method.code]) % found.method.params
    assert all(isinstance(value, str) for value in found.reason.params.values())
    assert (found.projection is None) == (found.projection_low is None) == (found.projection_high is None)


@given(cases())
def test_the_projection_lies_in_its_band(case: Case) -> None:
    promise, read, on = case
    found = pace(promise, read, on)
    low, middle, high = found.projection_low, found.projection, found.projection_high
    assert middle is None or low <= middle <= high  # type: ignore[operator]


@given(cases(tuple(b for b in Bound.values if b != "range")))
def test_on_the_last_day_the_goal_is_expected(case: Case) -> None:
    promise, read, _on = case
    found = pace(promise, read, promise.last)
    assert found.expected == promise.value


@given(cases(("range",)))
def test_on_the_last_day_of_a_range_a_point_of_it_is_expected(case: Case) -> None:
    promise, read, _on = case
    expected = pace(promise, read, promise.last).expected
    assert expected is not None
    assert promise.value <= expected <= promise.value_max  # type: ignore[operator]


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_readings_is_irrelevant(case: Case, chance: object) -> None:
    promise, read, on = case
    mixed = list(read)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert pace(promise, mixed, on) == pace(promise, read, on)


@given(cases(), values)
def test_a_revision_equals_having_had_the_right_value_at_once(case: Case, wrong: Decimal) -> None:
    """One reading after another is first recorded wrong; the ids of what follows stay."""
    promise, read, on = case
    apart = {one.as_of: one for one in read}.values()  # of two of one day the later counts, and a revision is later
    right = [replace(one, revises=None) for one in apart]
    corrected = [replace(one, id=one.id + 100, revises=one.id) for one in right]
    first = [replace(one, value=wrong) for one in right]
    assert pace(promise, first + corrected, on) == pace(promise, right, on)


def newest_counted(case: Case) -> Figure | None:
    """The reading that a pace shows, when it is not the stock that the way starts from."""
    promise, read, on = case
    shown = pace(promise, read, on)
    inside = [one for one in read if promise.first <= one.as_of <= min(on, promise.last)]
    before = [one for one in read if one.as_of < promise.first]
    if promise.measure == "stock" and not before and len({one.as_of for one in inside}) < 2:
        return None
    alike = [one for one in inside if one.as_of == shown.as_of]
    return alike[0] if len(alike) == 1 else None


@given(cases(("at_least", "above", "at_most")), st.decimals(0, 5_000, places=4))
def test_a_better_reading_never_worsens_the_health(case: Case, more: Decimal) -> None:
    """Higher for a lower bound, lower for an upper one."""
    promise, read, on = case
    read = [replace(one, revises=None) for one in read]
    newest = newest_counted((promise, read, on))
    assume(newest is not None)
    assert newest is not None
    change = more if promise.bound in GROWN else -more
    better = [replace(one, value=one.value + change) if one is newest else one for one in read]
    was, now = pace(promise, read, on), pace(promise, better, on)
    if was.health and now.health:
        assert RANK[now.health] >= RANK[was.health], (was.reason, now.reason)


@given(cases(("at_least", "at_most", "range", "about", "exactly")))
def test_turned_upside_down_all_is_the_same_with_the_other_sign(case: Case) -> None:
    promise, read, on = case
    was, turned = pace(promise, read, on), pace(upside_down(promise), [_negated(one) for one in read], on)
    if promise.bound == "range" and was.basis.code == "no_first_stock":
        return  # with no stock at all there is no near edge: the lower one is taken
    assert turned.health == was.health
    assert turned.attainment == was.attainment or promise.bound == "range"
    assert (turned.expected, turned.gap) == (_minus(was.expected), _minus(was.gap))
    assert (turned.projection, turned.projection_low) == (_minus(was.projection), _minus(was.projection_high))


@given(cases(), st.sampled_from([10, 100, 10_000]))
def test_another_unit_scales_the_figures_and_nothing_else(case: Case, factor: int) -> None:
    """万元 or 亿元. Growth rates have one unit only. Four decimals are exact to half of their last place."""
    promise, read, on = case
    assume(promise.measure in ("cumulative", "stock"))
    high = promise.value_max and promise.value_max * factor
    larger = replace(promise, value=promise.value * factor, value_max=high)
    was, scaled = pace(promise, read, on), pace(larger, [replace(one, value=one.value * factor) for one in read], on)
    assert scaled.attainment == was.attainment
    for name in ("expected", "gap", "projection", "projection_low", "projection_high"):
        before, after = getattr(was, name), getattr(scaled, name)
        assert (before is None) == (after is None)
        assert before is None or abs(before * factor - after) <= Decimal("0.0001") * factor
    if promise.bound not in ("about", "exactly") and not _on_the_edge(was):
        assert scaled.health == was.health


def upside_down(promise: Promise) -> Promise:
    other = {"at_least": "at_most", "at_most": "at_least"}.get(promise.bound, promise.bound)
    if promise.value_max is None:
        return replace(promise, bound=other, value=-promise.value)
    return replace(promise, value=-promise.value_max, value_max=-promise.value)


def _on_the_edge(found: Pace) -> bool:
    """Whether rounding to four decimals could decide the colour."""
    by, margin = found.reason.params.get("by"), found.reason.params.get("margin")
    near = [found.gap_then or Decimal(0)] + ([Decimal(by) - Decimal(margin)] if by and margin else [])
    return any(abs(one) <= Decimal("0.001") for one in near) or plain(found.value or Decimal(0)) == "0"


def _negated(one: Figure) -> Figure:
    return replace(one, value=-one.value)


def _minus(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value
