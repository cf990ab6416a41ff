"""Do change entries read as people speak, whatever the objects and however many they are?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from milestones import wording
from milestones.changes import readable, verbs
from milestones.changes.readable import Manner, read
from milestones.models import ChangeEntry, Milestone, ReminderPolicy
from milestones.people import operations as people
from milestones.planning import operations
from milestones.planning.operations import PartyInput
from milestones.reminders import policies
from milestones.targets import operations as targets
from milestones.workdays.periods import FuzzyDate, Precision
from tests import cast as casting
from tests.cast import JUNE, LATER, NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": LATER}
NEXT_YEAR_END = FuzzyDate(date(2024, 12, 31), Precision.YEAR)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


HEALTH = ("health", "reason of the health")  # follows from what else changed


def told(obj: Any, manner: Manner | None = None) -> list[tuple[str, str, str]]:
    """The differences of the newest entry, read by itself."""
    return [row for row in all_told(obj, manner) if row[0] not in HEALTH]


def all_told(obj: Any, manner: Manner | None = None) -> list[tuple[str, str, str]]:
    (change,) = read([ChangeEntry.objects.of(obj).latest("id")], manner)
    return [(d.label, d.old, d.new) for d in change.differences]


def test_a_health_and_its_reason_are_words(running: Cast) -> None:
    operations.forecast(running.roof, NEXT_YEAR_END, reason="缓建", **HOW)
    late = "the forecast is later than the commitment: within 2024 (counted as December 31)"
    assert [row for row in all_told(running.roof) if row[0] in HEALTH] == [
        ("health", "on track", "late"),
        (
            "reason of the health",
            "nothing speaks against the date",
            f"{late}, committed within 2023 (counted as December 31)",
        ),
    ]


@pytest.mark.parametrize(
    ("manner", "old", "new"),
    [
        (Manner(), "within 2023 (counted as December 31)", "within 2024 (counted as December 31)"),
        (Manner(partial(wording.period, year=2023)), "within the year", "within 2024"),
    ],
    ids=["in full", "in a plan's year"],
)
def test_a_fuzzy_date_of_which_only_the_day_moved_stays_fuzzy(
    running: Cast, manner: Manner, old: str, new: str
) -> None:
    operations.reschedule(running.roof, NEXT_YEAR_END, reason="缓建", **HOW)
    assert told(running.roof, manner) == [("due", old, new)]


def test_an_entry_holds_both_columns_of_a_date_that_moved(running: Cast) -> None:
    operations.reschedule(running.roof, NEXT_YEAR_END, reason="缓建", **HOW)
    changes = ChangeEntry.objects.of(running.roof).latest("id").changes
    assert changes["due_on"] == ["2023-12-31", "2024-12-31"]
    assert changes["due_precision"] == ["year", "year"]
    assert "forecast_precision" not in changes


def test_a_date_moved_in_a_draft_stays_fuzzy_too(cast: Cast) -> None:
    operations.change(cast.roof, {"due": NEXT_YEAR_END}, **HOW)
    assert [new for label, _old, new in told(cast.roof) if label == "due"] == ["within 2024 (counted as December 31)"]


def test_an_empty_value_is_said_as_the_page_says_it(running: Cast) -> None:
    operations.forecast(running.roof, FuzzyDate(date(2023, 9, 30), Precision.QUARTER), reason="快", **HOW)
    said = "by the end of Q3 2023 (counted as September 30)"
    assert told(running.roof) == [("forecast", "", said)]
    assert told(running.roof, Manner(nothing="none")) == [("forecast", "none", said)]


def test_ids_are_names_and_codes_are_words(running: Cast) -> None:
    operations.change(running.roof, {"lead": running.harbour, "kind": "policy", "criterion": "验收" * 40}, **HOW)
    assert told(running.roof, Manner(longest=4)) == [
        ("kind", "construction", "policy"),
        ("completion criterion", "", "验收验收…"),
        ("lead organisation", "金贸处", "港城集团"),
    ]


def test_who_is_gone_is_said_to_be_deleted(cast: Cast) -> None:
    operations.change(cast.roof, {"parent": cast.rules}, **HOW)
    operations.change(cast.roof, {"parent": None}, **HOW)
    operations.delete(cast.rules, **HOW)
    assert told(cast.roof) == [("parent milestone", "(deleted)", "")]


def test_parties_roles_and_steps_are_words(running: Cast) -> None:
    parties = [PartyInput("supporting", running.harbour, running.other), PartyInput("supervisor", running.bureau)]
    operations.change(running.roof, {}, parties=parties, **HOW)
    assert told(running.roof) == [("parties", "", "supervisor: 金贸处, supporting: 港城集团 (other)")]
    with translation.override("zh-hans"):
        assert told(running.roof) == [("参与方", "", "督办：金贸处，配合：港城集团（other）")]
    people.edit(running.viewer, {}, roles=["leader", "viewer"], **HOW)
    assert told(running.viewer) == [("roles", "viewer", "leader, viewer")]
    policy = ReminderPolicy.objects.get()
    steps = [policies.StepInput("late", "after_due", 3, repeats=True), policies.StepInput("on", "on_due")]
    policies.edit_steps(policy, steps, actor=acting(running.office), now=NOW + timedelta(days=1))
    ((label, _old, new),) = told(policy)
    assert (label, new) == ("steps", "3 working days after the deadline, again and again, on the deadline")


def test_of_what_is_new_a_page_may_tell_a_part(running: Cast) -> None:
    reading = targets.record_reading(running.target, as_of=date(2023, 1, 31), value=Decimal(1), source="统计局", **HOW)
    of_new = {"reading": ("target_id", "as_of", "value")}
    manner = Manner(partial(wording.period, year=2023), of_new=of_new)
    assert told(reading, manner) == [("target", "", "T1 增长"), ("as of", "", "January 31"), ("value", "", "1")]
    assert told(casting.milestone(running.plan, running.stream, "NEW"), Manner(of_new=of_new)) == []


def test_who_did_it_is_a_name_or_what_history_keeps(running: Cast) -> None:
    operations.forecast(running.roof, JUNE, reason="快", actor=acting(running.owner), now=LATER)
    entry = ChangeEntry.objects.latest("id")
    assert read([entry])[0].who == "owner"
    assert read([entry], Manner(names_people=False))[0].who == "金贸处 owner"


def test_more_entries_of_more_objects_need_no_more_queries(running: Cast) -> None:
    def change(*milestones: Milestone) -> None:
        for one in milestones:
            operations.change(one, {"lead": running.harbour, "policy": None, "parent": running.rules}, **HOW)
            operations.change(one, {"accountable": running.leader}, reason="调岗", **HOW)

    change(running.roof)
    few = queries()
    change(*(casting.milestone(running.plan, running.stream, f"X-{n}", accountable=running.other) for n in range(5)))
    assert queries() == few


def queries() -> int:
    entries = list(ChangeEntry.objects.all())
    with CaptureQueriesContext(connection) as seen:
        read(entries)
    return len(seen)


def test_every_verb_that_was_recorded_has_its_word(running: Cast) -> None:
    casting.submit(running.roof, running.owner)
    recorded = set(ChangeEntry.objects.values_list("verb", flat=True))
    assert {verb for verb in recorded if verbs.words(verb) == verb} == set()
    assert verbs.words("robot.dance") == "robot.dance"


def test_the_fields_of_an_entry_are_named_once(running: Cast) -> None:
    operations.change(running.roof, {"title": "新", "due": NEXT_YEAR_END}, reason="缓建", **HOW)
    assert readable.columns(ChangeEntry.objects.latest("id")) == ["title", "due", *HEALTH]
