"""Who gets which mail when a verb is done, and who does not?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones.errors import DomainError
from milestones.models import OutgoingMail
from milestones.people import operations as people
from milestones.planning import lifecycle, operations
from tests import cast as casting
from tests.cast import NOW, Q3, SYSTEM, YEAR_END, Cast, acting

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}


def mails() -> list[tuple[str, str]]:
    """(kind, name of the recipient) of all there are."""
    return sorted(OutgoingMail.objects.values_list("kind", "recipient__display_name"))


def as_(cast: Cast, name: str) -> Any:
    return {"actor": acting(getattr(cast, name)), "now": NOW}


def submitted(c: Cast) -> None:
    casting.submit(c.roof, c.owner)
    OutgoingMail.objects.all().delete()


def nothing(c: Cast) -> None: ...


# what is done by whom to `roof`, which `owner` owns → kind of mail and its recipients
TABLE: list[tuple[str, str, Callable[[Cast], None], Callable[[Cast, Any], object], str]] = [
    ("assigned", "office", nothing, lambda c, how: operations.assign([c.rules], c.owner, **how), "duties owner"),
    ("taken by oneself", "coordinator", nothing, lambda c, how: operations.assign([c.roof], c.coordinator, **how), ""),
    ("handed over", "office", nothing, lambda c, how: operations.hand_over([c.roof], c.other, reason="r", **how),
     "duties other"),
    ("left to nobody", "office", nothing, lambda c, how: operations.assign([c.roof], None, **how), ""),
    ("edited", "office", nothing, lambda c, how: operations.change(c.roof, {"title": "新"}, **how), ""),
    ("moved", "office", nothing, lambda c, how: operations.reschedule(c.roof, Q3, reason="台风", **how),
     "rescheduled owner"),
    ("moved to where it is", "office", nothing,
     lambda c, how: operations.reschedule(c.roof, YEAR_END, reason="r", **how), ""),
    ("moved and given away", "office", nothing,
     lambda c, how: operations.change(c.roof, {"due": Q3, "accountable": c.other}, reason="r", **how), "duties other"),
    ("forecast", "owner", nothing, lambda c, how: operations.forecast(c.roof, Q3, reason="r", **how), ""),
    ("started", "office", nothing, lambda c, how: lifecycle.start(c.roof, **how), ""),
    ("submitted", "owner", nothing, lambda c, how: casting.submit(c.roof, how["actor"].person),
     "submitted colleague office"),
    ("submitted by the office", "office", nothing, lambda c, how: casting.submit(c.roof, how["actor"].person),
     "submitted colleague"),
    ("verified", "office", submitted, lambda c, how: lifecycle.verify(c.roof, **how), "verified owner"),
    ("returned", "office", submitted, lambda c, how: lifecycle.return_(c.roof, reason="不清", **how), "returned owner"),
    ("cancelled", "office", nothing, lambda c, how: lifecycle.cancel(c.roof, reason="r", **how), ""),
]  # fmt: skip


@pytest.mark.parametrize(("what", "by", "before", "act", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_is_told(running: Cast, what: str, by: str, before: Any, act: Any, expected: str) -> None:
    before(running)
    act(running, as_(running, by))
    kind, *names = expected.split() or [""]
    assert mails() == [(kind, name) for name in names]


def test_one_mail_however_many_milestones(running: Cast) -> None:
    more = [casting.milestone(running.plan, running.stream, f"MORE-{n}") for n in range(5)]
    assert operations.hand_over([running.roof, running.school, *more], running.viewer, reason="调岗", **HOW) == 7
    mail = OutgoingMail.objects.get()
    assert mails() == [("duties", "viewer")]
    assert all(code in mail.text for code in ("FIN-01", "FIN-02", *[f"MORE-{n}" for n in range(5)]))
    assert "调岗" in mail.text
    assert mail.milestone is None


def test_a_mail_about_one_milestone_is_tied_to_it(running: Cast) -> None:
    operations.assign([running.rules], running.owner, **HOW)
    assert OutgoingMail.objects.get().milestone == running.rules


def test_a_hand_over_lists_only_what_is_open_and_really_new(running: Cast) -> None:
    lifecycle.cancel(running.school, reason="r", **HOW)
    operations.hand_over([running.roof, running.school, running.rules], running.owner, reason="调岗", **HOW)
    assert ("FIN-01" in OutgoingMail.objects.get().text, "FIN-03" in OutgoingMail.objects.get().text) == (False, True)
    assert "FIN-02" not in OutgoingMail.objects.get().text


def test_a_hand_over_of_closed_milestones_tells_nobody(running: Cast) -> None:
    lifecycle.cancel(running.roof, reason="r", **HOW)
    operations.hand_over([running.roof], running.viewer, reason="调岗", **HOW)
    assert mails() == []


def test_a_draft_mails_nobody(cast: Cast) -> None:
    operations.assign([cast.rules], cast.owner, **HOW)
    operations.hand_over([cast.roof], cast.other, reason="r", **HOW)
    operations.reschedule(cast.roof, Q3, reason="r", **HOW)
    casting.milestone(cast.plan, cast.stream, "NEW", accountable=cast.owner)
    assert mails() == []


def test_a_new_milestone_of_an_active_plan_tells_its_owner(running: Cast) -> None:
    casting.milestone(running.plan, running.stream, "NEW", accountable=running.owner)
    assert mails() == [("duties", "owner")]


def test_what_nobody_owns_is_told_to_whoever_submitted_it(running: Cast) -> None:
    casting.submit(running.rules, running.colleague)
    OutgoingMail.objects.all().delete()
    lifecycle.return_(running.rules, reason="不清", actor=acting(running.office), now=NOW)
    assert mails() == [("returned", "colleague")]


def test_people_who_left_are_not_told(running: Cast) -> None:
    people.deactivate(running.colleague, **HOW)
    type(running.owner).objects.filter(pk=running.owner.pk).update(is_active=False)
    running.roof.refresh_from_db()
    casting.submit(running.roof, running.coordinator)
    assert mails() == [("submitted", "office")]
    lifecycle.return_(running.roof, reason="r", actor=acting(running.office), now=NOW)
    operations.reschedule(running.roof, Q3, reason="r", **HOW)
    assert mails() == [("submitted", "office")]


def test_a_refused_verb_queues_nothing(running: Cast) -> None:
    for verb in (lifecycle.verify, lifecycle.start):
        running.roof.version += 1
        with pytest.raises(DomainError):
            verb(running.roof, actor=acting(running.office), now=NOW)
    assert mails() == []
