"""Somebody leaves: does all that is open go to others, at once, told once, and only then may they go?"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from milestones.errors import DomainError, Forbidden
from milestones.models import (
    ChangeEntry,
    Delegation,
    Milestone,
    Notice,
    Organisation,
    OutgoingMail,
    Person,
    Reminder,
    Watch,
)
from milestones.people import delegations, handing_over, organisations
from milestones.people import operations as people
from milestones.planning import operations
from milestones.planning.operations import PartyInput
from milestones.reminders import engine
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}
TODAY = NOW.date()
WHY = "调任其他单位"


def give(c: Cast, to: Person | None, **how: Any) -> int:
    return handing_over.hand_over(c.owner, to, **{"reason": WHY, "actor": acting(c.office), "now": NOW, **how})


def load(c: Cast) -> None:
    """`owner` owns roof, takes part in school, coordinates and supervises the bureau, and stands in for `viewer`."""
    operations.change(c.school, {}, parties=[PartyInput("supporting", c.bureau, c.owner)], **HOW)
    organisations.edit(c.bureau, {"coordinator": c.owner, "supervising_leader": c.owner}, **HOW)
    delegations.create(c.viewer, c.owner, starts_on=TODAY, ends_on=TODAY + timedelta(days=9), **HOW)
    OutgoingMail.objects.all().delete()


def test_everything_goes_to_one_who_is_told_once(running: Cast) -> None:
    c = running
    load(c)
    found = handing_over.duties(c.owner, TODAY)
    assert (found.milestones, [p.milestone for p in found.parties], found.units) == ((c.roof,), [c.school], (c.bureau,))
    assert give(c, c.leader) == 4
    assert not handing_over.duties(c.owner, TODAY)
    c.refresh()
    bureau = Organisation.objects.get(pk=c.bureau.pk)
    assert (c.roof.accountable, c.school.parties.get().person) == (c.leader, c.leader)
    assert (bureau.coordinator, bureau.supervising_leader, bureau.head) == (c.leader, c.leader, None)
    assert Delegation.objects.get().deputy == c.leader
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.kind) == (c.leader, "duties")
    assert all(part in mail.text for part in ("FIN-01", "FIN-02", "金贸处", "viewer", WHY))
    people.deactivate(c.owner, **HOW)


def test_it_may_be_shared_among_several_each_told_of_theirs(running: Cast) -> None:
    c = running
    load(c)
    party = c.school.parties.get()
    assert give(c, c.leader, instead={c.roof.pk: c.other, party.pk: c.other}) == 4
    c.refresh()
    assert (c.roof.accountable, c.school.parties.get().person) == (c.other, c.other)
    assert Organisation.objects.get(pk=c.bureau.pk).coordinator == c.leader
    texts = {m.recipient: m.text for m in OutgoingMail.objects.select_related("recipient")}
    assert {who for who, text in texts.items() if "FIN-01" in text} == {c.other}
    assert set(texts) == {c.other, c.leader}


def test_what_nobody_is_named_for_stays(running: Cast) -> None:
    load(running)
    assert give(running, None, instead={running.roof.pk: running.other}) == 1
    assert not handing_over.duties(running.owner, TODAY).milestones
    assert handing_over.duties(running.owner, TODAY).units


def test_one_entry_an_object_though_owner_and_party_change(running: Cast) -> None:
    c = running
    parties = [PartyInput("supporting", c.bureau, c.owner), PartyInput("supporting", c.bureau, c.other)]
    operations.change(c.roof, {}, parties=parties, **HOW)
    before = ChangeEntry.objects.of(c.roof).count()
    give(c, c.other)
    entry = ChangeEntry.objects.of(c.roof).order_by("id")[before]
    assert ChangeEntry.objects.of(c.roof).count() == before + 1
    assert (entry.verb, entry.reason, set(entry.changes)) == (
        "milestone.hand_over",
        WHY,
        {"accountable_id", "parties"},
    )
    assert [party.person for party in c.roof.parties.all()] == [c.other]  # once, though it stood there already


def test_who_takes_over_from_their_own_deputy_needs_none(running: Cast) -> None:
    load(running)
    give(running, running.viewer)
    assert Delegation.objects.get().ends_on == TODAY


def test_reminders_of_the_old_one_are_suppressed_and_notices_stay_with_the_organisation(running: Cast) -> None:
    c = running
    day = date(2023, 11, 17)
    now = NOW.replace(month=day.month, day=day.day, hour=1)
    engine.sweep(now)
    old = Reminder.objects.filter(recipient=c.owner, milestone=c.roof, day=day)
    assert [row.state for row in old] == ["planned"]
    told: Any = {"matter": "x", "issued_on": day, "respond_by": day, "created_at": now, "updated_at": now}
    notice = Notice.objects.create(milestone=c.roof, organisation=c.bureau, year=2023, number=1, level="red", **told)
    give(c, c.other, now=now)
    engine.sweep(now)
    assert [(row.state, row.reason) for row in old.all()] == [("suppressed", "handed_over")]
    assert Reminder.objects.filter(recipient=c.other, milestone=c.roof, state="planned", day=day).exists()
    assert Notice.objects.get(pk=notice.pk).organisation == c.bureau


def test_who_watches_hears_of_it(running: Cast) -> None:
    Watch.objects.create(milestone=running.roof, person=running.viewer, created_at=NOW, updated_at=NOW)
    give(running, running.other)
    assert sorted(OutgoingMail.objects.values_list("kind", "recipient__display_name")) == [
        ("duties", "other"),
        ("watched", "viewer"),
    ]


def test_drafts_go_along_and_tell_nobody(cast: Cast) -> None:
    assert give(cast, cast.other) == 1
    cast.refresh()
    assert cast.roof.accountable == cast.other
    assert not OutgoingMail.objects.exists()


REFUSED: list[tuple[str, str, Any]] = [
    ("reason", "reason_missing", {"reason": " "}),
    ("to", "missing", {"to": None}),
    ("to", "oneself", {"to": "owner"}),
    ("to", "inactive", {"to": "viewer"}),
]


@pytest.mark.parametrize(("field", "code", "how"), REFUSED, ids=[row[1] for row in REFUSED])
def test_is_refused_and_nothing_is_moved(running: Cast, field: str, code: str, how: dict[str, Any]) -> None:
    people.deactivate(running.viewer, **HOW)
    to = how.pop("to", "other")
    with pytest.raises(DomainError) as refusal:
        give(running, getattr(running, to) if to else None, **how)
    assert (refusal.value.field, refusal.value.code) == (field, code)
    running.refresh()
    assert running.roof.accountable == running.owner


def test_all_or_nothing(running: Cast) -> None:
    """The last step fails: `other`, who would stand in for `viewer`, has `viewer` as deputy."""
    load(running)
    delegations.create(running.other, running.viewer, starts_on=TODAY, ends_on=TODAY, **HOW)
    OutgoingMail.objects.all().delete()
    with pytest.raises(DomainError) as refusal:
        give(running, running.other)
    assert refusal.value.code == "circle"
    running.refresh()
    assert (running.roof.accountable, OutgoingMail.objects.count()) == (running.owner, 0)
    assert Organisation.objects.get(pk=running.bureau.pk).coordinator == running.owner


@pytest.mark.parametrize("who", ["owner", "coordinator", "leader", "viewer"])
def test_only_the_office_hands_over_all_of_somebody(running: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        give(running, running.other, actor=acting(getattr(running, who)))


def test_a_leaver_is_told_what_is_open_by_kind(running: Cast) -> None:
    load(running)
    with pytest.raises(DomainError) as refusal:
        people.deactivate(running.owner, **HOW)
    assert refusal.value.code == "open_duties"
    assert str(refusal.value).count("(1)") == 4


# --- At once ----------------------------------------------------------------------------------------------------------
ASSIGNMENTS: dict[str, Any] = {
    "accountable": lambda c: operations.assign([seen(c.rules)], c.viewer, **HOW),
    "party": lambda c: operations.change(
        seen(c.rules), {}, parties=[PartyInput("supporting", c.bureau, c.viewer)], **HOW
    ),
    "coordinator": lambda c: organisations.edit(
        Organisation.objects.get(pk=c.bureau.pk), {"coordinator": c.viewer}, **HOW
    ),
    "new milestone": lambda c: casting.milestone(c.plan, c.stream, "NEW", accountable=c.viewer),
    "deputy": lambda c: delegations.create(c.owner, c.viewer, starts_on=TODAY, ends_on=TODAY, **HOW),
    "all of somebody": lambda c: give(c, c.viewer),
}


def seen(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ASSIGNMENTS)
def test_nothing_is_given_to_somebody_who_is_just_leaving(running: Cast, how: str) -> None:
    leaver = Person.objects.get(pk=running.viewer.pk)
    won, lost = while_uncommitted(partial(people.deactivate, leaver, **HOW), partial(ASSIGNMENTS[how], running))
    assert won is None
    assert isinstance(lost, DomainError), lost
    assert lost.code == "inactive"
    assert not handing_over.duties(leaver, TODAY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ASSIGNMENTS)
def test_nobody_leaves_with_what_was_just_given(running: Cast, how: str) -> None:
    leaver = Person.objects.get(pk=running.viewer.pk)
    won, lost = while_uncommitted(partial(ASSIGNMENTS[how], running), partial(people.deactivate, leaver, **HOW))
    assert not isinstance(won, Exception), won
    assert isinstance(lost, DomainError), lost
    assert lost.code == "open_duties"
    assert Person.objects.get(pk=leaver.pk).is_active


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("retired_first", [True, False])
def test_an_organisation_that_is_just_retired_leads_nothing(running: Cast, retired_first: bool) -> None:
    operations.change(running.school, {"lead": running.bureau}, **HOW)
    unit = Organisation.objects.get(pk=running.harbour.pk)
    retire = partial(organisations.edit, unit, {"is_active": False}, **HOW)
    lead = partial(operations.change, seen(running.rules), {"lead": running.harbour}, **HOW)
    won, lost = while_uncommitted(*((retire, lead) if retired_first else (lead, retire)))
    assert won is True
    assert isinstance(lost, DomainError), lost
    assert lost.code == ("inactive" if retired_first else "open_duties")


@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_at_once_leave_one(running: Cast) -> None:
    load(running)
    by = [partial(give, running, to, actor=acting(who)) for to, who in (
        (running.leader, running.office), (running.stranger, running.colleague))]  # fmt: skip
    won, lost = while_uncommitted(*by)
    assert won == 4
    assert isinstance(lost, DomainError), lost
    running.refresh()
    assert running.roof.accountable == running.leader
    assert Organisation.objects.get(pk=running.bureau.pk).coordinator == running.leader
    assert OutgoingMail.objects.count() == 1
