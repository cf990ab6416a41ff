"""Which verb may which role do to a request in which state? Every cell: done, or the code of the refusal."""

from __future__ import annotations

from typing import Any

import pytest

from milestones.actors import Actor, Reach
from milestones.errors import DomainError
from milestones.extensions import operations
from milestones.models import Extension
from tests.cast import Cast, acting
from tests.extensions.cast import DECEMBER, Q1, asked, bring

pytestmark = pytest.mark.django_db

VERBS: dict[str, Any] = {
    "approve": operations.approve,
    "decline": lambda e, **by: operations.decline(e, note="可以赶回来", **by),
    "withdraw": operations.withdraw,
}
# ok: done · no: forbidden · state: the state does not allow it · same: one's own
CODES = {"no": "forbidden", "state": "state", "same": "same_person"}

# The office, which did not ask, in each state.
STATES = """
          requested  approved  declined  withdrawn
approve   ok         state     state     state
decline   ok         state     state     state
withdraw  ok         state     state     state
"""

# Everybody on the open request of `owner`; `leader` supervises the lead unit, `coordinator` is of it.
ROLES = """
          office  owner  coordinator  stranger  other  leader  viewer
approve   ok      no     no           no        no     ok      no
decline   ok      no     no           no        no     ok      no
withdraw  ok      ok     ok           no        no     no      no
"""


def cells(table: str) -> list[tuple[str, str, str]]:
    (head, *lines) = [line.split() for line in table.strip().splitlines()]
    return [(verb, column, cell) for verb, *row in lines for column, cell in zip(head, row, strict=True)]


def outcome(verb: str, extension: Extension, actor: Actor) -> str:
    try:
        VERBS[verb](extension, actor=actor, now=DECEMBER)
    except DomainError as error:
        return next(short for short, code in CODES.items() if code == error.code)
    return "ok"


@pytest.mark.parametrize(("verb", "state", "expected"), cells(STATES))
def test_the_office_in_each_state(running: Cast, verb: str, state: str, expected: str) -> None:
    assert outcome(verb, bring(running, state), acting(running.office)) == expected


@pytest.mark.parametrize(("verb", "role", "expected"), cells(ROLES))
def test_everybody(running: Cast, verb: str, role: str, expected: str) -> None:
    assert outcome(verb, bring(running, "requested"), acting(getattr(running, role))) == expected


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("office", True), ("owner", True), ("coordinator", True),
        ("stranger", False), ("other", False), ("leader", False), ("viewer", False),
    ],
)  # fmt: skip
def test_who_asks(running: Cast, who: str, may: bool) -> None:
    if may:
        extension = asked(running.roof, getattr(running, who))
        assert (extension.requested_by, extension.on_behalf) == (getattr(running, who), who == "office")
        return
    with pytest.raises(DomainError) as refused:
        asked(running.roof, getattr(running, who))
    assert refused.value.code == "forbidden"


def test_who_asked_for_others_does_not_decide(running: Cast) -> None:
    extension = asked(running.roof, running.office)
    assert outcome("approve", extension, acting(running.office)) == "same"
    assert outcome("decline", extension, acting(running.office)) == "same"
    assert outcome("approve", extension, acting(running.colleague)) == "ok"


def test_a_leader_decides_on_what_is_supervised_and_nothing_else(running: Cast) -> None:
    assert outcome("approve", asked(running.school, running.other), acting(running.leader)) == "no"


class TestClients:
    sync = Actor(None, "api", client="sync", scopes=frozenset({"read", "write"}))
    other = Actor(None, "api", client="other", scopes=frozenset({"read", "write"}))
    meter = Actor(None, "api", client="meter", scopes=frozenset({"read", "readings:write"}))

    def ask(self, cast: Cast, actor: Actor) -> Extension:
        return operations.request(cast.roof, due=Q1, reason="台风", actor=actor, now=DECEMBER)

    def test_a_client_asks_and_another_decides(self, running: Cast) -> None:
        extension = self.ask(running, self.sync)
        assert (extension.requested_by, extension.requested_client) == (None, "sync")
        assert outcome("approve", extension, self.sync) == "same"
        assert outcome("approve", extension, self.other) == "ok"
        assert (extension.decided_by, extension.decided_client) == (None, "other")

    def test_a_client_that_only_reports_does_not_ask(self, running: Cast) -> None:
        with pytest.raises(DomainError):
            self.ask(running, self.meter)

    def test_nor_does_one_outside_its_reach(self, running: Cast) -> None:
        reach = Reach(organisations=frozenset({running.harbour.pk}))
        with pytest.raises(DomainError):
            self.ask(running, Actor(None, "api", client="far", scopes=frozenset({"write"}), reach=reach))
