"""How do clients come to be, change, get tokens and lose them?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import translation

from milestones.changes import readable, verifying
from milestones.changes.publish import publish_all
from milestones.clients import operations, tokens
from milestones.errors import Conflict, DomainError, Duplicate, Forbidden, RuleBroken, StateConflict
from milestones.models import ApiClient, ApiToken, ChangeEntry
from milestones.people import operations as people
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.clients.cast import client

pytestmark = pytest.mark.django_db

HOW: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
DAY = timedelta(days=1)


def opens(token: str, now: Any = NOW) -> str:
    """The name of the client that `token` opens the door to, or why it opens nothing."""
    try:
        return tokens.find(token, now=now, address="127.0.0.1").client.name
    except DomainError as error:
        return error.code


def test_a_token_is_shown_once_and_only_its_digest_is_kept() -> None:
    made = client()
    row = ApiToken.objects.get()
    assert tokens.WRITTEN.fullmatch(made.token)
    assert made.token.startswith(row.prefix)
    assert made.token not in repr(made)
    kept = str(list(ApiToken.objects.values())) + str(list(ChangeEntry.objects.values()))
    assert made.token not in kept
    assert made.token[len(row.prefix) :] not in kept
    assert opens(made.token) == "erp"


def test_write_implies_read_and_scopes_stand_in_one_order() -> None:
    assert client("a", "webhooks", "write").client.scopes == ["read", "write", "webhooks"]
    assert client("b", "readings:write").client.scopes == ["readings:write"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "System"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read", "admin"]}, "scopes"),
        ({"plans": []}, "plans"),
        ({"organisations": []}, "organisations"),
        ({"networks": ["10.0.0.1/8"]}, "networks"),
        ({"networks": ["intranet"]}, "networks"),
        ({"rate": "600"}, "rate"),
        ({"rate": "0/min"}, "rate"),
        ({"expected_every": 0}, "expected_every"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        operations.create({"name": "erp", "scopes": ["read"], **values}, **HOW)
    assert refusal.value.field == field
    assert not ApiClient.objects.exists()
    assert not ChangeEntry.objects.exists()


def test_names_are_trimmed_and_taken_once() -> None:
    assert client("  the \n erp ").client.name == "the erp"
    with pytest.raises(Duplicate, match="the erp") as refusal:
        client("the erp")
    assert refusal.value.field == "name"
    other = client("other").client
    with pytest.raises(Duplicate):
        operations.edit(other, {"name": "the erp"}, **HOW)
    assert operations.edit(other, {"name": "other"}, **HOW) is False


def test_networks_are_written_one_way() -> None:
    made = client(networks=["10.0.0.7", " 10.20.0.0/16 ", "2001:DB8::/32", "10.0.0.7/32"]).client
    assert made.networks == ["10.0.0.7/32", "10.20.0.0/16", "2001:db8::/32"]


def test_an_owner_is_somebody_who_is_here(cast: Cast) -> None:
    people.deactivate(cast.viewer, **HOW)
    with pytest.raises(RuleBroken) as refusal:
        client(owner=cast.viewer)
    assert refusal.value.field == "owner"
    made = client(owner=cast.office).client
    with pytest.raises(RuleBroken):
        operations.edit(made, {"owner": cast.viewer}, **HOW)
    assert operations.edit(made, {"owner": None}, **HOW)


def test_a_token_expires_in_the_future_and_then_opens_nothing() -> None:
    with pytest.raises(RuleBroken) as refusal:
        client(expires_at=NOW)
    assert refusal.value.field == "expires_at"
    made = client(expires_at=NOW + DAY)
    assert opens(made.token, NOW + DAY - timedelta(seconds=1)) == "erp"
    assert opens(made.token, NOW + DAY) == "token_expired"


def test_after_a_rotation_the_old_ones_work_for_a_week() -> None:
    first = client()
    soon = operations.add_token(first.client, expires_at=NOW + DAY, **HOW)
    new = operations.rotate(first.client, **HOW)
    week = NOW + timedelta(days=7)
    assert [opens(one.token, week - timedelta(seconds=1)) for one in (first, soon, new)] == [
        "erp",
        "token_expired",
        "erp",
    ]
    assert [opens(one.token, week) for one in (first, new)] == ["token_expired", "erp"]


def test_a_rotation_can_end_the_old_ones_at_once() -> None:
    first = client()
    new = operations.rotate(first.client, overlap=timedelta(), **HOW)
    assert [opens(first.token), opens(new.token)] == ["token_revoked", "erp"]


def test_a_revoked_token_stays_revoked() -> None:
    made = client()
    other = operations.add_token(made.client, **HOW)
    row = made.client.tokens.get(prefix=tokens.prefix(made.token))
    assert operations.revoke_token(row, **HOW) is True
    assert operations.revoke_token(row, **HOW) is False
    assert [opens(made.token), opens(other.token)] == ["token_revoked", "erp"]


def test_a_client_that_is_switched_off_opens_nothing_until_it_is_on_again() -> None:
    made = client()
    assert operations.deactivate(made.client, **HOW) is True
    assert operations.deactivate(made.client, **HOW) is False
    assert opens(made.token) == "client_inactive"
    with pytest.raises(StateConflict):
        operations.rotate(made.client, **HOW)
    operations.reactivate(made.client, **HOW)
    assert opens(made.token) == "erp"


def test_what_was_looked_at_must_still_be_so() -> None:
    made = client().client
    operations.edit(made, {"rate": "600/min"}, **HOW)
    with pytest.raises(Conflict):
        operations.rotate(made, version=1, **HOW)
    stale = ApiClient.objects.get()
    operations.rotate(made, **HOW)
    with pytest.raises(Conflict):
        operations.rotate(stale, **HOW)
    assert made.tokens.count() == 2


def test_clients_are_the_offices(cast: Cast) -> None:
    made = client("erp", "write", "people:read", "webhooks")
    itself = tokens.acting(made.client, NOW)
    verbs: list[Callable[..., object]] = [
        partial(operations.create, {"name": "mine", "scopes": ["read"]}),
        partial(operations.edit, made.client, {"scopes": ["read"]}),
        partial(operations.add_token, made.client),
        partial(operations.rotate, made.client),
        partial(operations.revoke_token, ApiToken.objects.get()),
        partial(operations.deactivate, made.client),
        partial(operations.reactivate, made.client),
    ]
    for actor in (acting(cast.coordinator), acting(cast.leader), acting(cast.viewer), itself):
        for verb in verbs:
            with pytest.raises(Forbidden):
                verb(actor=actor, now=NOW)
    assert operations.rotate(made.client, actor=acting(cast.office), now=NOW)


def test_each_verb_leaves_one_entry_and_history_tells_the_tokens(cast: Cast) -> None:
    made = client(plans=[cast.plan])
    operations.add_token(made.client, expires_at=NOW + DAY, **HOW)
    operations.rotate(made.client, **HOW)
    operations.revoke_token(made.client.tokens.earliest("id"), **HOW)
    operations.edit(made.client, {"plans": None}, **HOW)
    publish_all()
    assert [str(fault) for fault in verifying.faults()] == []
    entries = ChangeEntry.objects.of(made.client)
    assert [entry.verb for entry in entries] == [
        "client.create",
        "client.add_token",
        "client.rotate",
        "client.revoke_token",
        "client.edit",
    ]
    with translation.override("en"):
        told = [{d.label: (d.old, d.new) for d in change.differences} for change in readable.read(list(entries))]
    first, second, third = (f"{row.prefix}…" for row in made.client.tokens.order_by("id"))
    assert told[0]["tokens"] == ("", first)
    assert told[1]["tokens"] == ("", f"{second} (until 2023-01-13 09:00)")
    assert told[2]["tokens"] == (first, f"{first} (until 2023-01-19 09:00), {third}")
    assert told[3]["tokens"] == (f"{first} (until 2023-01-19 09:00)", f"{first} (revoked)")
    assert told[4]["plans"] == (str(cast.plan), "")
