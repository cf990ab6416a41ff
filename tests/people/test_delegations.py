"""Who may stand in for whom, when, with which rights, and what is refused?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from milestones.actors import Actor
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import ChangeEntry, Delegation, NextLook, OutgoingMail, Person, Via
from milestones.people import delegations
from milestones.people import operations as people
from milestones.planning import lifecycle, operations
from milestones.workdays.periods import FuzzyDate
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}
TODAY = NOW.date()  # Thursday 12 January 2023
FIRST, LAST = date(2023, 2, 6), date(2023, 2, 17)


def away(person: Person, deputy: Person, first: date = FIRST, last: date = LAST, **how: Any) -> Delegation:
    return delegations.create(person, deputy, starts_on=first, ends_on=last, **{**HOW, **how})


def on(day: date) -> datetime:
    return datetime.combine(day, NOW.timetz())


def after_a_leaver(c: Cast) -> object:
    people.deactivate(c.viewer, **HOW)
    return away(c.owner, c.viewer)


def others_first_day(c: Cast) -> object:
    one = away(c.owner, c.viewer, TODAY, LAST)
    return delegations.edit(one, {"starts_on": TODAY + timedelta(days=1)}, **HOW)


def after_its_end(verb: Any) -> Callable[[Cast], object]:
    return lambda c: verb(away(c.owner, c.viewer), actor=SYSTEM, now=on(LAST + timedelta(days=1)))


Case = tuple[str, str | None, str, Callable[[Cast], object]]
CASES: list[Case] = [
    ("oneself", "deputy", "oneself", lambda c: away(c.owner, c.owner)),
    ("somebody who left", "deputy", "inactive", after_a_leaver),
    ("an end before the beginning", "ends_on", "period", lambda c: away(c.owner, c.viewer, LAST, FIRST)),
    ("days that are over", "starts_on", "past", lambda c: away(c.owner, c.viewer, TODAY - timedelta(days=1))),
    ("more than a year", "ends_on", "too_long", lambda c: away(c.owner, c.viewer, FIRST, FIRST + timedelta(days=366))),
    ("two at a time", "starts_on", "overlap", lambda c: (away(c.owner, c.viewer), away(c.owner, c.other, LAST, LAST))),
    ("each for the other", "deputy", "circle", lambda c: (away(c.owner, c.viewer), away(c.viewer, c.owner, LAST))),
    ("round three", "deputy", "circle",
     lambda c: (away(c.owner, c.viewer), away(c.viewer, c.other), away(c.other, c.owner))),
    ("another first day once begun", "starts_on", "begun", others_first_day),
    ("an edit into a circle", "deputy", "circle",
     lambda c: (away(c.owner, c.viewer), delegations.edit(away(c.viewer, c.other), {"deputy": c.owner}, **HOW))),
    ("an edit of what is over", None, "over", after_its_end(lambda d, **how: delegations.edit(d, {}, **how))),
    ("an end of what is over", None, "over", after_its_end(delegations.end)),
    ("a column that is none", "person", "unknown_field",
     lambda c: delegations.edit(away(c.owner, c.viewer), {"person": c.other}, **HOW)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "field", "code", "act"), CASES, ids=[case[0] for case in CASES])
def test_is_refused(running: Cast, what: str, field: str | None, code: str, act: Any) -> None:
    with pytest.raises(DomainError) as refusal:
        act(running)
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_each_for_the_other_on_different_days_is_fine(running: Cast) -> None:
    away(running.owner, running.viewer)
    away(running.viewer, running.owner, LAST + timedelta(days=1), LAST + timedelta(days=5))
    away(running.owner, running.other, LAST + timedelta(days=1), LAST + timedelta(days=3))
    assert Delegation.objects.count() == 3


def test_a_circle_that_meets_on_no_day_is_none(running: Cast) -> None:
    """owner → viewer on the 6th, viewer → other on the 6th and 7th, other → owner on the 7th."""
    sixth, seventh = FIRST, FIRST + timedelta(days=1)
    away(running.owner, running.viewer, sixth, sixth)
    away(running.viewer, running.other, sixth, seventh)
    assert away(running.other, running.owner, seventh, seventh)


@pytest.mark.parametrize(("who", "may"), [("owner", True), ("office", True), ("viewer", False), ("coordinator", False)])
def test_the_person_or_the_office_says_so(running: Cast, who: str, may: bool) -> None:
    by = acting(getattr(running, who))
    one = away(running.owner, running.viewer) if not may else None
    acts: list[Callable[[], object]] = [lambda: away(running.owner, running.viewer, actor=by)]
    if one is not None:
        acts += [
            lambda: delegations.edit(one, {"reason": "x"}, actor=by, now=NOW),
            lambda: delegations.end(one, actor=by, now=NOW),
        ]
    for act in acts:
        if may:
            assert act()
        else:
            with pytest.raises(Forbidden):
                act()


def test_the_deputy_is_told_and_the_history_kept(running: Cast) -> None:
    one = away(running.owner, running.viewer, TODAY, LAST, reason="出差", actor=acting(running.owner))
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient) == ("duties", running.viewer)
    assert "出差" in mail.text
    assert delegations.edit(one, {"deputy": running.other}, **HOW)
    assert not delegations.edit(one, {"reason": "出差"}, **HOW)
    assert OutgoingMail.objects.filter(recipient=running.other).count() == 1
    delegations.end(one, **HOW)
    assert Delegation.objects.get().ends_on == TODAY
    verbs = ChangeEntry.objects.of(one).order_by("id").values_list("version", "verb")
    assert list(verbs) == [(1, "delegation.create"), (2, "delegation.edit"), (3, "delegation.end")]


def test_one_that_has_not_begun_leaves_only_its_tombstone(running: Cast) -> None:
    delegations.end(away(running.owner, running.viewer), **HOW)
    assert not Delegation.objects.exists()
    entries = ChangeEntry.objects.filter(entity="delegation").order_by("id")
    assert [(e.op, e.version) for e in entries] == [("create", 1), ("delete", 2)]


def test_what_the_person_answers_for_is_looked_at_again(running: Cast) -> None:
    NextLook.objects.all().delete()
    one = away(running.owner, running.viewer)
    assert [NextLook.of(m) for m in (running.roof, running.school)] == [NOW, None]
    NextLook.objects.all().delete()
    delegations.end(one, actor=SYSTEM, now=on(TODAY + timedelta(days=1)))
    assert NextLook.of(running.roof) == on(TODAY + timedelta(days=1))


def test_the_deputy_acts_from_the_first_day_to_the_last(running: Cast) -> None:
    """And what is open stays with the owner."""
    away(running.owner, running.viewer)
    outside, inside = (FIRST - timedelta(days=1), LAST + timedelta(days=1)), (FIRST, LAST)
    for day in outside:
        with pytest.raises(Forbidden):
            lifecycle.start(running.roof, actor=Actor(running.viewer, Via.WEB, day=day), now=on(day))
    for day in inside:
        by = Actor(running.viewer, Via.WEB, day=day)
        expected = FuzzyDate(date(2023, 11, day.day))
        operations.forecast(running.roof, expected, reason="代填", actor=by, now=on(day))
    running.refresh()
    assert (running.roof.accountable, str(running.roof.forecast)) == (running.owner, "2023-11-17")
    assert ChangeEntry.objects.of(running.roof).last().actor_id == running.viewer.pk  # type: ignore[union-attr]


def test_a_deputy_does_not_pass_it_on(running: Cast) -> None:
    away(running.owner, running.viewer)
    away(running.viewer, running.other)
    with pytest.raises(Forbidden):
        lifecycle.start(running.roof, actor=Actor(running.other, Via.WEB, day=FIRST), now=on(FIRST))


def test_who_stands_in_for_whom(running: Cast) -> None:
    one, other = away(running.owner, running.viewer, TODAY, TODAY), away(running.owner, running.viewer)
    assert delegations.current(running.owner, TODAY) == [one, other]
    assert delegations.current(running.owner, FIRST) == [other]
    assert delegations.deputised(running.viewer, TODAY) == [one, other]
    assert delegations.running(running.viewer, TODAY) == [one]


# --- At once ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_deputy(running: Cast) -> None:
    won, lost = while_uncommitted(
        partial(away, running.owner, running.viewer), partial(away, running.owner, running.other)
    )
    assert isinstance(won, Delegation)
    assert isinstance(lost, DomainError), lost
    assert lost.code == "overlap"


@pytest.mark.django_db(transaction=True)
def test_no_three_close_a_circle_together(running: Cast) -> None:
    c = running
    answers = together(
        *[partial(away, a, b) for a, b in ((c.owner, c.viewer), (c.viewer, c.other), (c.other, c.owner))]
    )
    assert [one.code for one in answers if isinstance(one, DomainError)] == ["circle"]


@pytest.mark.django_db(transaction=True)
def test_a_deputy_who_is_just_leaving_is_none(running: Cast) -> None:
    _won, lost = while_uncommitted(
        partial(people.deactivate, running.viewer, **HOW), partial(away, running.owner, running.viewer)
    )
    assert isinstance(lost, DomainError), lost
    assert lost.code == "inactive"


@pytest.mark.django_db(transaction=True)
def test_two_edits_of_one_delegation(running: Cast) -> None:
    one = away(running.owner, running.viewer)
    seen = [Delegation.objects.get(pk=one.pk) for _ in range(2)]
    won, lost = while_uncommitted(
        partial(delegations.edit, seen[0], {"ends_on": LAST + timedelta(days=3)}, **HOW),
        partial(delegations.end, seen[1], **HOW),
    )
    assert won is True
    assert isinstance(lost, Conflict), lost
