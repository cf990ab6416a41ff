"""Who hears of a milestone that they watch, of what, and how often?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from milestones.actors import Actor
from milestones.conversation import watching
from milestones.errors import Forbidden, RuleBroken, StateConflict
from milestones.models import ChangeEntry, OutgoingMail, Person, Watch
from milestones.people import operations as people
from milestones.planning import lifecycle, operations
from tests import cast as casting
from tests.cast import NOW, Q3, SYSTEM, YEAR_END, Cast, acting

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}
SOON = NOW + timedelta(hours=1)


def watch(cast: Cast, *names: str) -> None:
    for name in names:
        watching.start(cast.roof, actor=acting(getattr(cast, name)), now=NOW)


def mails() -> list[tuple[str, str]]:
    return sorted(OutgoingMail.objects.values_list("kind", "recipient__display_name"))


# Starting and stopping -----------------------------------------------------------------------------------------------
def test_starting_and_stopping_twice_is_as_once(running: Cast) -> None:
    how: Any = {"actor": acting(running.viewer), "now": NOW}
    first, second = (watching.start(running.roof, **how) for _ in range(2))
    assert first.pk == second.pk
    assert (watching.stop(running.roof, **how), watching.stop(running.roof, **how)) == (True, False)
    assert not Watch.objects.exists()
    assert [entry.verb for entry in ChangeEntry.objects.of(first)] == ["watch.start", "watch.stop"]


def test_the_office_may_for_others_and_nobody_else(running: Cast) -> None:
    found = watching.start(running.roof, person=running.viewer, actor=acting(running.office), now=NOW)
    assert found.person == running.viewer
    with pytest.raises(Forbidden):
        watching.start(running.roof, person=running.leader, actor=acting(running.viewer), now=NOW)
    with pytest.raises(Forbidden):
        watching.stop(running.roof, person=running.viewer, actor=acting(running.owner), now=NOW)
    assert watching.stop(running.roof, person=running.viewer, actor=acting(running.office), now=NOW)


def test_nobody_watches_what_they_do_not_see(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        watching.start(cast.roof, actor=acting(cast.viewer), now=NOW)
    with pytest.raises(RuleBroken) as refused:
        watching.start(cast.roof, person=cast.viewer, actor=acting(cast.office), now=NOW)
    assert refused.value.field == "person"
    assert watching.start(cast.roof, actor=acting(cast.office), now=NOW)


def test_who_left_does_not_begin_to_watch(running: Cast) -> None:
    people.deactivate(running.viewer, **HOW)
    left = Person.objects.get(pk=running.viewer.pk)
    with pytest.raises(RuleBroken):
        watching.start(running.roof, person=left, actor=acting(running.office), now=NOW)


def test_a_closed_plan_is_no_longer_watched_but_can_be_let_go(running: Cast) -> None:
    watch(running, "viewer")
    running.close()
    with pytest.raises(StateConflict):
        watching.start(running.roof, actor=acting(running.leader), now=NOW)
    assert watching.stop(running.roof, actor=acting(running.viewer), now=NOW)


def test_the_system_says_for_whom(running: Cast) -> None:
    with pytest.raises(RuleBroken):
        watching.start(running.roof, **HOW)
    assert watching.start(running.roof, person=running.viewer, **HOW)


# News ----------------------------------------------------------------------------------------------------------------
def nothing(c: Cast) -> None: ...


def submitted(c: Cast) -> None:
    casting.submit(c.roof, c.owner)


def cancelled(c: Cast) -> None:
    lifecycle.cancel(c.roof, reason="r", **HOW)


Do = Callable[[Cast, Any], object]
# what is done by whom to `roof`, which `owner` owns; `viewer` and `owner` watch → all the mails
TABLE: list[tuple[str, str, Callable[[Cast], None], Do, list[str]]] = [
    ("moved", "office", nothing, lambda c, how: operations.reschedule(c.roof, Q3, reason="台风", **how),
     ["rescheduled owner", "watched viewer"]),
    ("moved by a watcher", "owner and office", nothing,
     lambda c, how: operations.reschedule(c.roof, Q3, reason="台风", **how), ["watched viewer"]),
    ("moved to where it is", "office", nothing,
     lambda c, how: operations.reschedule(c.roof, YEAR_END, reason="r", **how), []),
    ("handed over", "office", nothing, lambda c, how: operations.hand_over([c.roof], c.other, reason="r", **how),
     ["duties other", "watched owner", "watched viewer"]),
    ("handed over to a watcher", "office", nothing,
     lambda c, how: operations.hand_over([c.roof], c.viewer, reason="r", **how), ["duties viewer", "watched owner"]),
    ("left to nobody", "office", nothing, lambda c, how: operations.assign([c.roof], None, **how),
     ["watched owner", "watched viewer"]),
    ("moved and given away", "office", nothing,
     lambda c, how: operations.change(c.roof, {"due": Q3, "accountable": c.other}, reason="r", **how),
     ["duties other", "watched owner", "watched viewer"]),
    ("edited", "office", nothing, lambda c, how: operations.change(c.roof, {"title": "新"}, **how), []),
    ("forecast", "owner", nothing, lambda c, how: operations.forecast(c.roof, Q3, reason="r", **how), []),
    ("started", "office", nothing, lambda c, how: lifecycle.start(c.roof, **how), []),
    ("submitted", "owner", nothing, lambda c, how: casting.submit(c.roof, how["actor"].person),
     ["submitted colleague", "submitted office", "watched viewer"]),
    ("verified", "office", submitted, lambda c, how: lifecycle.verify(c.roof, **how),
     ["verified owner", "watched viewer"]),
    ("returned", "office", submitted, lambda c, how: lifecycle.return_(c.roof, reason="不清", **how),
     ["returned owner", "watched viewer"]),
    ("cancelled", "office", nothing, lambda c, how: lifecycle.cancel(c.roof, reason="r", **how),
     ["watched owner", "watched viewer"]),
    ("reopened", "office", cancelled, lambda c, how: lifecycle.reopen(c.roof, reason="r", **how),
     ["watched owner", "watched viewer"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "by", "before", "act", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_is_told(running: Cast, what: str, by: str, before: Any, act: Do, expected: list[str]) -> None:
    watch(running, "viewer", "owner")
    if "and office" in by:
        people.edit(running.owner, {}, roles=["owner", "office"], **HOW)
        running.owner = Person.objects.get(pk=running.owner.pk)
    before(running)
    OutgoingMail.objects.all().delete()
    act(running, {"actor": acting(getattr(running, by.split()[0])), "now": SOON})
    assert [f"{kind} {name}" for kind, name in mails()] == expected


def test_the_news_says_what_happened_in_the_watchers_language(running: Cast) -> None:
    people.edit(running.viewer, {"language": "en"}, roles=["viewer"], **HOW)
    watch(running, "viewer")
    said = {
        "The due date has moved: within the year (counted as December 31) → by the end of Q3 (counted as September 30)":
            lambda: operations.reschedule(running.roof, Q3, reason="台风", **HOW),
        "It has a new owner: other.": lambda: operations.hand_over([running.roof], running.other, reason="调岗", **HOW),
        "It has no owner any more.": lambda: operations.assign([running.roof], None, **HOW),
        "Submitted as done on January 12": lambda: casting.submit(running.roof, running.office),
        "Returned for more": lambda: lifecycle.return_(running.roof, reason="不清", **HOW),
        "This milestone was cancelled.": lambda: lifecycle.cancel(running.roof, reason="停建", **HOW),
        "Reopened; it is in progress again.": lambda: lifecycle.reopen(running.roof, reason="复建", **HOW),
    }  # fmt: skip
    for words, act in said.items():
        OutgoingMail.objects.all().delete()
        act()
        letter = OutgoingMail.objects.get(kind="watched")
        assert words in letter.text
        assert letter.milestone == running.roof


def test_the_reason_of_a_move_is_told(running: Cast) -> None:
    watch(running, "viewer")
    operations.reschedule(running.roof, Q3, reason="台风", **HOW)
    assert "台风" in OutgoingMail.objects.get(kind="watched").text


def test_a_draft_tells_nobody(cast: Cast) -> None:
    watch(cast, "office")
    operations.reschedule(cast.roof, Q3, reason="r", **HOW)
    operations.assign([cast.roof], cast.other, **HOW)
    assert mails() == []


def test_who_left_hears_nothing(running: Cast) -> None:
    watch(running, "viewer")
    people.deactivate(running.viewer, **HOW)
    lifecycle.cancel(running.roof, reason="r", **HOW)
    assert mails() == []


def test_many_handed_over_are_news_of_each_that_is_watched(running: Cast) -> None:
    watch(running, "viewer")
    operations.hand_over([running.roof, running.school], running.leader, reason="r", **HOW)
    assert mails() == [("duties", "leader"), ("watched", "viewer")]


def test_a_watch_is_its_watchers_own(running: Cast) -> None:
    watch(running, "viewer")
    found = Watch.objects.get()
    assert (found.person, found.milestone, found.version) == (running.viewer, running.roof, 1)
    assert ChangeEntry.objects.of(found).get().actor_label == Actor(running.viewer, "web").label
