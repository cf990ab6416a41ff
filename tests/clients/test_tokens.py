"""Who comes in with a token, as whom, from where, and what is noted of it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from milestones.clients import beside, tokens
from milestones.models import ApiToken
from tests.cast import NOW, Cast
from tests.clients.cast import client
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def find(token: str, now: Any = NOW, address: str = "127.0.0.1") -> tokens.Found:
    return tokens.find(token, now=now, address=address)


def test_a_client_acts_with_its_scopes_inside_its_reach(cast: Cast) -> None:
    made = client("erp", "write", "people:read", plans=[cast.plan], organisations=[cast.bureau, cast.harbour])
    actor = find(made.token).actor
    assert (actor.person, actor.client, actor.via) == (None, "erp", "api")
    assert actor.scopes == {"read", "write", "people:read"}
    assert actor.reach.plans == frozenset({cast.plan.pk})
    assert actor.reach.organisations == frozenset({cast.bureau.pk, cast.harbour.pk})
    assert actor.day == NOW.date()
    free = find(client("free").token).actor
    assert (free.reach.plans, free.reach.organisations) == (None, None)


def test_one_query_finds_client_and_token() -> None:
    made = client()
    find(made.token)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        find(made.token, NOW + timedelta(seconds=59))
    assert len(queries) == 1


@pytest.mark.parametrize(
    "token", ["", "x", "lgx_", "lgx_12345678_" + "a" * 43, "Bearer lgx_\x00", "令牌", "a" * 100_000]
)
def test_what_was_never_given_out_opens_nothing(token: str) -> None:
    client()
    with pytest.raises(tokens.TokenRefused) as refusal:
        find(token)
    assert refusal.value.code == "token_unknown"


def test_a_changed_last_character_opens_nothing() -> None:
    token = client().token
    with pytest.raises(tokens.TokenRefused):
        find(token[:-1] + ("a" if token[-1] != "a" else "b"))


@pytest.mark.parametrize(
    ("address", "enters"),
    [
        ("10.20.3.4", True),
        ("::ffff:10.20.3.4", True),
        ("2001:db8::7", True),
        ("10.21.0.1", False),
        ("2001:db9::1", False),
        ("", False),
        ("10.20.3.4, 1.2.3.4", False),
    ],
)
def test_a_client_may_be_bound_to_networks(address: str, enters: bool) -> None:
    made = client(networks=["10.20.0.0/16", "2001:db8::/32"])
    if enters:
        assert find(made.token, address=address)
        return
    with pytest.raises(tokens.WrongNetwork):
        find(made.token, address=address)
    assert ApiToken.objects.get().last_used_at is None


def test_use_is_noted_once_a_minute() -> None:
    made = client()
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (100, 60), (130, 130)):
        find(made.token, NOW + timedelta(seconds=seconds))
        assert ApiToken.objects.get().last_used_at == NOW + timedelta(seconds=noted)


@contextmanager
def read_only() -> Iterator[None]:
    def refuse(execute: Any, sql: str, *args: Any) -> Any:
        if sql.startswith(("UPDATE", "INSERT", "DELETE")):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, *args)

    with connection.execute_wrapper(refuse):
        yield


def test_a_database_that_cannot_be_written_lets_readers_in() -> None:
    made = client()
    with read_only():
        assert find(made.token).client.name == "erp"
    assert ApiToken.objects.get().last_used_at is None


@pytest.mark.django_db(transaction=True)
def test_a_writer_at_work_keeps_nobody_waiting() -> None:
    made = client()

    def write() -> None:
        ApiToken.objects.update(expires_at=None)

    _done, found = while_uncommitted(write, lambda: find(made.token, NOW + MINUTE).client.name)
    assert found == "erp"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has many writers")
def test_the_patience_of_others_is_left_as_it_was() -> None:
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()
        beside.write(lambda: None)
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == usual
