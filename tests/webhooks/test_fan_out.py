"""Who hears of which change?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from milestones.changes import follow
from milestones.clients.tokens import acting
from milestones.models import ApiClient, ChangeEntry, Follower, Milestone, WebhookDelivery
from milestones.planning import operations as planning
from milestones.webhooks import fan_out as module
from milestones.webhooks import operations
from milestones.webhooks.fan_out import fan_out
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, SYSTEM
from tests.webhooks.desk import Desk

pytestmark = pytest.mark.django_db

ClientOf = Callable[..., ApiClient]


def test_what_happened_before_an_endpoint_was_made_is_no_news_to_it(desk: Desk) -> None:
    assert desk.deliveries() == []
    desk.change()
    young, _secret = desk.make()  # nothing of this is numbered yet
    desk.change()
    fan_out(now=desk.now)
    assert len(desk.deliveries()) == 2
    assert len(desk.deliveries(young)) == 1


def test_entries_of_one_object_in_one_transaction_are_one_message(desk: Desk) -> None:
    made = casting.milestone(desk.cast.plan, desk.cast.stream, "FIN-20")
    planning.change(made, {"title": "甲"}, actor=SYSTEM, now=NOW)  # at the same instant
    planning.change(made, {"title": "乙"}, actor=SYSTEM, now=NOW + timedelta(seconds=1))
    fan_out(now=desk.now)
    assert desk.types() == ["milestone.created", "milestone.updated"]
    last = ChangeEntry.objects.filter(object_id=made.pk).order_by("-seq").values_list("seq", flat=True)
    assert [one.seq for one in desk.deliveries()] == [last[1], last[0]]


def test_events_choose(desk: Desk) -> None:
    only, _secret = desk.make("target.*", "milestone.created", "milestone.created")
    assert only.events == ["milestone.created", "target.*"]
    desk.change()
    casting.milestone(desk.cast.plan, desk.cast.stream, "FIN-20")
    casting.target(desk.cast.plan, desk.cast.stream, "T9")
    casting.organisation("NEW", "新单位")
    fan_out(now=desk.now)
    assert sorted(desk.types(only)) == ["milestone.created", "target.created"]
    assert {"milestone.updated", "organisation.created"} < set(desk.types())


def test_what_other_systems_never_see_is_told_to_nobody(desk: Desk) -> None:
    operations.edit(desk.endpoint, {"description": "x"}, **desk.how)
    fan_out(now=desk.now)
    assert desk.deliveries() == []


def test_a_client_hears_of_what_it_sees(desk: Desk, client_of: ClientOf) -> None:
    other_plan = casting.plan("p-2024", year=2024)
    stream = casting.workstream(other_plan)
    clients = {
        "all": client_of("write", "people:read", name="all"),
        "reads": client_of("read", name="reads"),
        "here": client_of("read", name="here", plans=[desk.cast.plan]),
        "there": client_of("write", name="there", plans=[other_plan]),
        "bureau": client_of("read", name="bureau", organisations=[desk.cast.bureau]),
    }
    hooks = {name: desk.make(client=client)[0] for name, client in clients.items()}
    fan_out(now=desk.now)
    WebhookDelivery.objects.all().delete()
    desk.change(desk.cast.roof)
    desk.change(desk.cast.school)
    draft = casting.milestone(other_plan, stream, "FIN-20")
    casting.person("somebody")
    fan_out(now=desk.now)
    heard = {name: {one.object_id for one in desk.deliveries(hook)} for name, hook in hooks.items()}
    roof, school = desk.cast.roof.pk, desk.cast.school.pk
    assert {roof, school, draft.pk} < heard["all"]
    assert heard["reads"] == heard["here"] == {roof, school}
    assert heard["there"] == {draft.pk}
    assert heard["bureau"] == {roof}
    assert "person.created" in desk.types(hooks["all"])


def test_a_deletion_is_told_by_the_reach_of_its_plan(desk: Desk, client_of: ClientOf) -> None:
    draft = casting.plan("p-2024", year=2024)
    made = casting.milestone(draft, casting.workstream(draft), "FIN-20")
    writes, _s = desk.make(client=client_of("write", name="writes", plans=[draft]))
    reads, _s = desk.make(client=client_of("read", name="reads"))
    planning.delete(Milestone.objects.get(pk=made.pk), **desk.how)
    fan_out(now=desk.now)
    assert desk.types(writes) == ["milestone.deleted"]
    assert desk.types(reads) == []  # drafts were never its to see


def test_what_leaves_the_reach_is_told_as_deleted(desk: Desk, client_of: ClientOf) -> None:
    hook, _s = desk.make(client=client_of("read", organisations=[desk.cast.bureau]))
    desk.change(desk.cast.roof, lead=desk.cast.harbour)
    desk.change(desk.cast.roof)
    fan_out(now=desk.now)
    assert desk.types(hook) == ["milestone.deleted"]


def test_switched_off_it_hears_nothing(desk: Desk, client_of: ClientOf) -> None:
    client = client_of("read")
    hook, _s = desk.make(client=client)
    ApiClient.objects.update(is_active=False)
    operations.disable(desk.endpoint, **desk.how)
    desk.change()
    assert desk.run() == {}
    assert desk.deliveries() == desk.deliveries(hook) == []


def test_what_its_own_client_does_is_told_too(desk: Desk, client_of: ClientOf) -> None:
    client = client_of("write")
    hook, _s = desk.make(client=client)
    row = Milestone.objects.get(pk=desk.cast.roof.pk)
    planning.change(row, {"title": "甲"}, actor=acting(client, desk.now), now=desk.now)
    fan_out(now=desk.now)
    assert desk.types(hook) == ["milestone.updated"]


def test_a_worker_that_dies_half_way_loses_and_doubles_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.change()
    before = Follower.objects.get(name="webhooks").seq

    def die(entries: Any, now: Any) -> None:
        taken(entries, now)
        raise SystemExit

    taken = module.take
    monkeypatch.setattr(module, "take", die)
    with pytest.raises(SystemExit):
        fan_out(now=desk.now)
    assert desk.deliveries() == []
    assert Follower.objects.get(name="webhooks").seq == before
    monkeypatch.undo()
    fan_out(now=desk.now)
    fan_out(now=desk.now)
    assert desk.types() == ["milestone.updated"]


def test_many_entries_are_taken_in_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    advance = follow.advance
    monkeypatch.setattr(follow, "advance", lambda *args, **how: advance(*args, **how, limit=2))
    for _each in range(7):
        desk.change()
    assert fan_out(now=desk.now) == 7
    assert len(desk.deliveries()) == 7


def test_a_milestone_of_a_year_is_no_other_entity(desk: Desk) -> None:
    due = FuzzyDate(date(2023, 6, 30))
    casting.milestone(desk.cast.plan, desk.cast.stream, "FIN-30", due)
    fan_out(now=desk.now)
    assert {one.entity for one in desk.deliveries()} == {"milestone"}
