"""Two say, withdraw or watch at the same moment: is it done once, and is nobody troubled without need?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from milestones.conversation import comments, watching
from milestones.errors import Conflict
from milestones.models import ChangeEntry, Comment, Milestone, OutgoingMail, Watch
from milestones.planning import operations
from tests.cast import NOW, Q3, Cast, acting
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

SOON = NOW + timedelta(minutes=5)


def fresh(cast: Cast) -> Milestone:
    return Milestone.objects.get(pk=cast.roof.pk)


def test_a_withdrawal_is_done_once(running: Cast) -> None:
    comments.add(running.roof, "话", actor=acting(running.owner), now=NOW)
    seen = [Comment.objects.get() for _ in range(2)]
    won, lost = while_uncommitted(
        lambda: comments.withdraw(seen[0], reason="r", actor=acting(running.owner), now=SOON),
        lambda: comments.withdraw(seen[1], reason="r", actor=acting(running.office), now=SOON),
    )
    assert won is None
    assert isinstance(lost, Conflict)
    assert (lost.who, lost.when) == (acting(running.owner).label, SOON)


def test_a_watch_started_twice_is_one(running: Cast) -> None:
    def act() -> object:
        return watching.start(fresh(running), actor=acting(running.viewer), now=SOON)

    won, second = while_uncommitted(act, act)
    assert isinstance(won, Watch)
    assert isinstance(second, Watch)
    assert won.pk == second.pk
    assert ChangeEntry.objects.filter(entity="watch").count() == 1


def test_a_watch_stopped_twice_is_stopped_once(running: Cast) -> None:
    watching.start(running.roof, actor=acting(running.viewer), now=NOW)

    def act() -> object:
        return watching.stop(fresh(running), actor=acting(running.viewer), now=SOON)

    assert while_uncommitted(act, act) == (True, False)
    assert ChangeEntry.objects.filter(entity="watch", op="delete").count() == 1


def test_a_change_that_loses_tells_no_watcher(running: Cast) -> None:
    watching.start(running.roof, actor=acting(running.viewer), now=NOW)
    seen = [fresh(running) for _ in range(2)]

    def act(place: int) -> object:
        return operations.reschedule(seen[place], Q3, reason="台风", actor=acting(running.office), now=SOON)

    won, lost = while_uncommitted(lambda: act(0), lambda: act(1))
    assert (won, type(lost)) == (True, Conflict)
    assert OutgoingMail.objects.filter(kind="watched").count() == 1
