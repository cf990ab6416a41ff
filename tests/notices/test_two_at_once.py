"""Two act on one notice, or number two of them, at the same moment: no gap, no double, one winner."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from milestones.errors import Conflict, DomainError, StateConflict
from milestones.models import ChangeEntry, Milestone, Notice, NoticeNumber, OutgoingMail
from milestones.notices import operations
from milestones.planning import lifecycle
from tests import cast as casting
from tests.cast import NOW, Cast, acting
from tests.notices.cast import MATTER, issue
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

SOON = NOW + timedelta(minutes=5)
MIDNIGHT = NOW.replace(year=2024, month=1, day=1, hour=0)
Verb = Callable[[Notice, Any], object]
VERBS: dict[str, Verb] = {
    "sign": lambda n, by: operations.sign(n, actor=by, now=SOON),
    "reply": lambda n, by: operations.reply(n, "下周封顶", actor=by, now=SOON),
    "cancel": lambda n, by: operations.cancel(n, reason="发错", actor=by, now=SOON),
}
REACHED = {"sign": "signed", "reply": "replied", "cancel": "cancelled"}


class RolledBack(Exception):
    """Something after the verb, in the same transaction, went wrong."""


def many(cast: Cast, count: int) -> list[Milestone]:
    made = [casting.milestone(cast.plan, cast.stream, f"N-{n}", lead=cast.bureau) for n in range(count)]
    return [Milestone.objects.get(pk=one.pk) for one in made]


def numbers(year: int = 2023) -> list[int]:
    return sorted(Notice.objects.filter(year=year).values_list("number", flat=True))


def test_eight_at_once_some_rolled_back_leave_no_gap_and_no_double(running: Cast) -> None:
    """Four rounds of eight threads; every third transaction is rolled back after it had its number."""
    rows, by = many(running, 32), acting(running.office)
    fails = {row.pk for row in rows[::3]}

    def act(row: Milestone) -> object:
        with transaction.atomic():
            notice = operations.issue(row, level="blue", matter=MATTER, actor=by, now=SOON)
            if row.pk in fails:
                raise RolledBack
        return notice.number

    random.Random(7).shuffle(rows)
    answers = [
        answer for n in range(0, 32, 8) for answer in together(*[lambda r=row: act(r) for row in rows[n : n + 8]])
    ]
    given = sorted(answer for answer in answers if isinstance(answer, int))
    assert [type(a) for a in answers if not isinstance(a, int)] == [RolledBack] * len(fails)
    assert given == numbers() == list(range(1, 32 - len(fails) + 1))
    assert NoticeNumber.objects.get().last == len(given)
    assert {f"〔2023〕{n}号" for n in given} == {str(n) for n in Notice.objects.all()}


def test_the_letters_of_those_rolled_back_are_gone_and_the_others_hold_their_own_number(running: Cast) -> None:
    rows, by = many(running, 8), acting(running.office)
    together(*[lambda r=row: operations.issue(r, level="red", matter=MATTER, actor=by, now=SOON) for row in rows])
    for notice in Notice.objects.all():
        letters = OutgoingMail.objects.filter(kind="notice", milestone=notice.milestone)
        assert letters
        assert all(f"/notices/{notice.pk}/" in letter.text for letter in letters)
        assert all("\ue000" not in letter.text and str(notice.number) in letter.subject for letter in letters)


def test_two_years_are_numbered_side_by_side_at_midnight(running: Cast) -> None:
    rows, by = many(running, 6), acting(running.office)
    instants = [MIDNIGHT - timedelta(seconds=1), MIDNIGHT]

    def act(place: int) -> object:
        return operations.issue(rows[place], level="blue", matter=MATTER, actor=by, now=instants[place % 2])

    assert not [a for a in together(*[lambda n=n: act(n) for n in range(6)]) if isinstance(a, Exception)]
    assert (numbers(2023), numbers(2024)) == ([1, 2, 3], [1, 2, 3])
    assert set(Notice.objects.filter(year=2024).values_list("issued_on", flat=True)) == {date(2024, 1, 1)}


def test_the_next_number_waits_for_the_one_before(running: Cast) -> None:
    """The second would have taken the first's number had that been rolled back; so it waits."""
    first, second = many(running, 2)
    by = acting(running.office)

    def act(row: Milestone) -> object:
        return operations.issue(row, level="blue", matter=MATTER, actor=by, now=SOON).number

    assert while_uncommitted(lambda: act(first), lambda: act(second)) == (1, 2)


def test_the_same_notice_twice_is_issued_once(running: Cast) -> None:
    (row,) = many(running, 1)

    def act() -> object:
        seen = Milestone.objects.get(pk=row.pk)
        return operations.issue(seen, level="red", matter=MATTER, actor=acting(running.office), now=SOON)

    won, lost = while_uncommitted(act, act)
    assert isinstance(won, Notice)
    assert isinstance(lost, operations.AlreadyOpen)
    assert won.label in str(lost)
    assert numbers() == [1]


def test_a_milestone_just_being_cancelled_gets_no_notice(running: Cast) -> None:
    (row,) = many(running, 1)
    seen, other = (Milestone.objects.get(pk=row.pk) for _ in range(2))
    won, lost = while_uncommitted(
        lambda: lifecycle.cancel(seen, reason="不建了", actor=acting(running.colleague), now=SOON),
        lambda: operations.issue(other, level="blue", matter=MATTER, actor=acting(running.office), now=SOON),
    )
    assert won is None
    assert isinstance(lost, Conflict)
    assert (lost.who, lost.when) == (acting(running.colleague).label, SOON)
    assert numbers() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("sign", "sign"), ("reply", "cancel"), ("cancel", "reply"), ("cancel", "cancel"), ("reply", "reply")],
)
def test_one_wins_and_the_other_gets_who_and_when(running: Cast, first: str, second: str) -> None:
    notice = issue(running)
    OutgoingMail.objects.all().delete()
    seen = [Notice.objects.get(pk=notice.pk) for _ in range(2)]
    actors = acting(running.office), acting(running.colleague)
    won, lost = while_uncommitted(lambda: VERBS[first](seen[0], actors[0]), lambda: VERBS[second](seen[1], actors[1]))
    assert won is None
    assert isinstance(lost, Conflict)
    assert (lost.who, lost.when) == (actors[0].label, SOON)
    assert Notice.objects.get(pk=notice.pk).state == REACHED[first]
    assert ChangeEntry.objects.of(notice).count() == 2


@pytest.mark.parametrize("pair", [("sign", "sign"), ("reply", "cancel"), ("cancel", "cancel")])
def test_at_the_same_moment_exactly_one_is_done(running: Cast, pair: tuple[str, str]) -> None:
    notice = issue(running)
    seen = [Notice.objects.get(pk=notice.pk) for _ in range(2)]
    acts = [lambda v=verb, n=row: VERBS[v](n, acting(running.office)) for verb, row in zip(pair, seen, strict=True)]
    refusals = [answer for answer in together(*acts) if isinstance(answer, Exception)]
    assert len(refusals) == 1
    assert isinstance(refusals[0], Conflict | StateConflict), refusals
    assert Notice.objects.get(pk=notice.pk).version == 2


def test_a_refused_number_is_no_fault_of_the_next(running: Cast) -> None:
    issue(running)
    with pytest.raises(DomainError), transaction.atomic():
        issue(running)
    assert issue(running, running.school).number == 2
