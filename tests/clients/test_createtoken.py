"""What does `manage.py createtoken` make, print and refuse?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from milestones.clients import tokens
from milestones.errors import DomainError
from milestones.models import ApiClient, ApiToken
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def run(*words: str) -> list[str]:
    """The lines on stdout."""
    out = StringIO()
    call_command("createtoken", *words, stdout=out)
    return out.getvalue().splitlines()


def test_the_token_stands_alone_on_the_last_line() -> None:
    lines = run("erp", "--scopes", "write")
    found = tokens.find(lines[-1], now=NOW, address="127.0.0.1")
    assert found.actor.scopes == {"read", "write"}
    assert "erp" in lines[0]
    assert "read, write" in lines[0]
    assert not any(lines[-1] in line for line in lines[:-1])


def test_a_reach_a_rate_and_all_else_can_be_said(cast: Cast) -> None:
    run(
        *("erp", "--scopes", "read,people:read", "--plan", "p-2023", "--organisation", "FTB", "HBR"),
        *("--network", "10.0.0.0/8", "--rate", "600/min", "--owner", "OFFICE@example.org", "--expect-every", "30"),
    )
    made = ApiClient.objects.get()
    assert made.scopes == ["read", "people:read"]
    assert made.plans == [str(cast.plan.pk)]
    assert made.organisations == sorted([str(cast.bureau.pk), str(cast.harbour.pk)])
    assert (made.networks, made.rate, made.owner, made.expected_every) == (["10.0.0.0/8"], "600/min", cast.office, 30)


@time_machine.travel(datetime(2026, 3, 1, 4, tzinfo=UTC), tick=False)
def test_it_works_on_its_last_day_in_the_time_zone_of_the_office() -> None:
    token = run("erp", "--scopes", "read", "--expires", "2026-03-31")[-1]
    end = datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert tokens.find(token, now=end - timedelta(seconds=1), address="")
    with pytest.raises(DomainError):
        tokens.find(token, now=end, address="")


def test_a_known_name_gets_one_more_token() -> None:
    first, second = run("erp", "--scopes", "read,write")[-1], run(" erp", "--scopes", "write")[-1]
    third = run("erp")[-1]
    assert len({first, second, third}) == 3
    assert ApiClient.objects.count() == 1
    assert {tokens.find(one, now=NOW, address="").client.name for one in (first, second, third)} == {"erp"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["erp"], "scope"),
        (["erp", "--scopes", ""], "scope"),
        (["erp", "--scopes", "read,admin"], "admin"),
        (["", "--scopes", "read"], "name"),
        (["erp", "--scopes", "read", "--plan", "p-1999"], "p-1999"),
        (["erp", "--scopes", "read", "--organisation", "XYZ"], "XYZ"),
        (["erp", "--scopes", "read", "--owner", "nobody@example.org"], "nobody@example.org"),
        (["erp", "--scopes", "read", "--expires", "2020-01-01"], "future"),
        (["erp", "--scopes", "read", "--expires", "31.12.2027"], "2027"),
        (["erp", "--scopes", "read", "--expires", "9999-12-31"], "earlier"),
        (["erp", "--scopes", "read", "--rate", "fast"], "fast"),
        (["erp", "--scopes", "read", "--network", "10.0.0.1/8"], "10.0.0.1/8"),
        (["erp", "--scopes", "read", "--expect-every", "0"], "minute"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_made(words: list[str], told: str) -> None:
    from django.utils import translation

    with translation.override("en"), pytest.raises(CommandError, match=told):
        run(*words)
    assert not ApiClient.objects.exists()


@pytest.mark.parametrize(
    "words", [["--scopes", "read,webhooks"], ["--plan", "p-2023"], ["--rate", "1/s"], ["--network", "10.0.0.0/8"]]
)
def test_a_token_on_the_side_changes_nothing_of_a_client(cast: Cast, words: list[str]) -> None:
    run("erp", "--scopes", "read")
    with pytest.raises(CommandError, match="erp"):
        run("erp", *words)
    assert ApiToken.objects.count() == 1
