"""What may a ladder say, what is wrong with one that may not, and does each refusal say what to do?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from milestones.models.default_ladder import LADDER
from milestones.reminders import ladder
from milestones.reminders.ladder import BadLadder, StepInput

SEVEN = StepInput("before-7", "before_due", 7)


def told(*steps: StepInput) -> list[tuple[str, str]]:
    """(step, field) of each fault."""
    return [(fault.step, fault.field) for fault in ladder.faults([ladder.normalised(step) for step in steps])]


def step(**said: Any) -> StepInput:
    return replace(SEVEN, **said)


def default() -> list[StepInput]:
    return [StepInput(code=code, **said) for code, said in LADDER.items()]


def test_the_default_ladder_makes_sense() -> None:
    assert {one.code for one in ladder.checked(default())} == set(LADDER)


WRONG = [
    # said, the field at fault
    ({"code": " "}, "code"),
    ({"code": "x" * 41}, "code"),
    ({"anchor": "sometime"}, "anchor"),
    ({"unit": "moons"}, "unit"),
    ({"level": "green"}, "level"),
    ({"audience": ["owner", "mayor"]}, "audience"),
    ({"channels": ["mail", "pigeon"]}, "channels"),
    ({"offset": 0}, "offset"),
    ({"offset": 401}, "offset"),
    ({"anchor": "on_due", "offset": 3}, "offset"),
    ({"anchor": "after_due", "offset": 0}, "offset"),
    ({"anchor": "pace_check", "offset": 0}, "offset"),
    ({"repeats": True}, "repeats"),
    ({"anchor": "pace_check", "repeats": True}, "repeats"),
    ({"anchor": "behind_pace", "repeats": True}, "repeats"),
    ({"anchor": "report_due", "offset": 0, "repeats": True}, "offset"),
    ({"most": 3}, "most"),
    ({"anchor": "after_due", "repeats": True, "most": 0}, "most"),
    ({"audience": []}, "audience"),
    ({"audience": ["deputy"]}, "audience"),
    ({"anchor": "report_due", "level": "blue"}, "level"),
    ({"respond_days": 3}, "respond_days"),
    ({"level": "blue", "respond_days": 0}, "respond_days"),
    ({"level": "blue", "respond_days": 61}, "respond_days"),
    ({"anchor": "decision_due", "stops_when_answered": True}, "stops_when_answered"),
    ({"channels": []}, "channels"),
    ({"anchor": "reading_due", "channels": ["mail", "webhook"]}, "channels"),
    ({"level": "red", "channels": ["webhook"]}, "channels"),
]


@pytest.mark.parametrize(("said", "field"), WRONG)
def test_what_makes_no_sense_is_told_at_its_field(said: dict[str, Any], field: str) -> None:
    wrong = step(**said)
    assert told(wrong) == [(wrong.code.strip(), field)]


RIGHT: list[dict[str, Any]] = [
    {"anchor": "on_due", "offset": 0},
    {"anchor": "behind_pace", "offset": 0, "level": "yellow", "respond_days": 60},
    {"anchor": "behind_pace", "offset": 5},
    {"anchor": "report_due", "offset": 0},
    {"anchor": "report_due", "repeats": True, "most": 3},
    {"anchor": "after_due", "repeats": True, "unit": "calendar", "channels": ["mail", "webhook"]},
    {"channels": ["webhook"]},
    {"audience": ["watchers"]},
]


@pytest.mark.parametrize("said", RIGHT)
def test_what_makes_sense_is_taken(said: dict[str, Any]) -> None:
    assert told(step(**said)) == []


def test_a_code_stands_once() -> None:
    assert told(SEVEN, step(offset=6)) == [("before-7", "code")]


def test_two_that_say_the_same_to_the_same_people_are_told_with_both_codes() -> None:
    twin = step(code="week", audience=["owner", "head"])
    with pytest.raises(BadLadder, match=r"week.*before-7"), translation.override("en"):
        ladder.checked([SEVEN, twin])


@pytest.mark.parametrize(
    "other",
    [
        {"offset": 6},
        {"unit": "calendar"},
        {"level": "blue"},
        {"audience": ["head", "deputy"]},
        {"channels": ["webhook"]},
    ],
)
def test_two_that_differ_stand_beside_each_other(other: dict[str, Any]) -> None:
    assert told(SEVEN, step(code="week", **other)) == []


def test_no_days_have_no_unit_so_two_of_them_are_one() -> None:
    due = step(anchor="on_due", offset=0)
    assert told(due, replace(due, code="again", unit="calendar")) == [("again", "anchor")]


def test_everything_that_is_wrong_is_told_at_once_a_line_each() -> None:
    steps = [step(offset=0, audience=[]), step(code="due", anchor="on_due", most=3)]
    with pytest.raises(BadLadder) as refused, translation.override("en"):
        ladder.checked(steps)
    assert [(fault.row, fault.field) for fault in refused.value.faults] == [
        (0, "offset"),
        (0, "audience"),
        (1, "offset"),
        (1, "most"),
    ]
    lines = str(refused.value).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("Step “before-7”, days: It is at least 1 with “before the deadline”;")


def test_a_ladder_without_a_step_is_refused_and_one_without_deadlines_is_silent() -> None:
    assert told() == [("", "")]
    asking = step(anchor="report_due")
    assert told(asking) == []
    assert ladder.silence([asking])
    assert not ladder.silence([asking, SEVEN])


def test_lists_and_what_changes_nothing_have_one_form() -> None:
    said = ladder.normalised(step(audience=["office", "owner", "owner"], level="blue", digestible=False))
    assert (said.audience, said.digestible) == (["owner", "office"], True)
    assert not ladder.normalised(step(digestible=False)).digestible


def test_an_entry_tells_what_is_not_as_usual() -> None:
    assert ladder.as_kept(SEVEN) == {
        "code": "before-7",
        "anchor": "before_due",
        "offset": 7,
        "unit": "working",
        "repeats": False,
    }
    assert ladder.as_kept(step(level="blue", audience=["owner"]))["audience"] == ["owner"]
