"""Is a target on its way, behind, or kept, and why? From the newest reading against what was expected on its own day.

The projection takes no part: along a straight course its middle says the same once more, and its band would let a
better reading that scatters less look worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .course import Course
from .figures import Figure, Reason, plain, rounded
from .projection import SHORTEST

GREEN, YELLOW, RED, DONE = "green", "yellow", "red", "done"
OLD = Decimal(1) / 3  # of the period: then a reading says little about today


@dataclass(frozen=True)
class Verdict:
    """`health` None: nothing can be said yet, `reason` tells why not."""

    health: str | None
    reason: Reason


def judge(course: Course, newest: Figure | None, on: date) -> Verdict:
    """`newest` is the newest effective figure of the period as far as `on`."""
    if on < course.promise.first:
        return Verdict(None, Reason("not_begun", {"first": course.promise.first.isoformat()}))
    if newest is None:
        return Verdict(None, Reason("no_reading"))
    if on > course.promise.last:
        return _ended(course, newest)
    verdict = _running(course, newest)
    if verdict.health == GREEN and _is_old(course, newest, on):
        return Verdict(YELLOW, _told("reading_old", course, newest))
    return verdict


def _running(course: Course, newest: Figure) -> Verdict:
    value, edges = newest.value, course.edges
    if course.promise.measure == "cumulative" and not course.must_be_reached and not edges.met(value):
        return Verdict(RED, _told("limit_passed", course, newest))  # an amount of the year does not come back
    if edges.passed(value):
        return _beyond(course, newest, "passed", GREEN)
    if course.must_be_reached and course.promise.measure != "flow_growth" and edges.met(value):
        return Verdict(GREEN, _told("reached", course, newest))
    if newest.as_of == course.since:
        return Verdict(None, _told("only_the_first", course, newest))
    if course.share(newest.as_of) < SHORTEST and course.promise.measure != "stock":
        return Verdict(None, _told("too_early", course, newest))
    return _against_the_course(course, newest)


def _against_the_course(course: Course, newest: Figure) -> Verdict:
    lag = _lag(course, newest)
    level = course.edges.strict and lag == 0
    if lag < 0 or (lag == 0 and not level):
        return Verdict(GREEN, _told("holds" if course.is_level(course.edges.near) else "on_pace", course, newest))
    if level:
        return Verdict(YELLOW, _told("level", course, newest))
    away = newest.value - _expected(course, newest, course.edges.aim)
    side, far = "above" if away > 0 else "behind", lag > course.margin
    more = {"by": plain(abs(away)), "margin": plain(course.margin)}
    return Verdict(RED if far else YELLOW, _told(f"far_{side}" if far else side, course, newest, more))


def _ended(course: Course, newest: Figure) -> Verdict:
    """The closing figure decides; what only grows is also decided by an earlier one that has reached the goal."""
    edges, closing = course.edges, newest.as_of == course.promise.last
    settled = course.promise.measure == "cumulative" and course.must_be_reached
    if edges.met(newest.value) and (closing or settled):
        return Verdict(DONE, _told("met", course, newest))
    if edges.passed(newest.value) and (closing or settled):
        return _beyond(course, newest, "ended_passed", DONE)
    if closing:
        return Verdict(RED, _told("missed", course, newest))
    running = _running(course, newest)
    return running if running.health == RED else Verdict(YELLOW, _told("closing_missing", course, newest))


def _beyond(course: Course, newest: Figure, code: str, kept: str) -> Verdict:
    """More than a figure without a qualifier is more than asked; past a named upper edge somebody should look."""
    if course.edges.open_ended:
        return Verdict(kept, _told(code, course, newest))
    return Verdict(YELLOW, _told(f"{code}_edge", course, newest))


def _lag(course: Course, newest: Figure) -> Decimal:
    """How far the reading is behind the course to the near edge, towards the goal; negative when it is ahead."""
    if course.edges.sign == 0:
        return rounded(course.edges.outside(newest.value))
    return rounded(course.edges.sign * (_expected(course, newest, course.edges.near) - newest.value))


def _expected(course: Course, newest: Figure, goal: Decimal) -> Decimal:
    expected = course.towards(goal, newest.as_of)
    assert expected is not None  # there is a reading, so there is a start
    return expected


def _is_old(course: Course, newest: Figure, on: date) -> bool:
    """Whether a third of the period has gone by since; an amount of the year that has been reached does not age."""
    if course.promise.measure == "cumulative" and course.must_be_reached and course.edges.outside(newest.value) == 0:
        return False
    return (on - newest.as_of).days > OLD * course.promise.days


def _told(code: str, course: Course, newest: Figure, more: dict[str, str] | None = None) -> Reason:
    told = {"as_of": newest.as_of.isoformat(), "value": plain(newest.value)}
    expected = course.expected(newest.as_of)
    told |= {"expected": plain(expected)} if expected is not None else {}
    return Reason(code, {**told, **(more or {})})
