"""Which verb may which role do to a report in which state? Every cell: done, or the code of the refusal."""

from __future__ import annotations

from typing import Any

import pytest

from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.models import Person, StatusReport
from milestones.status_reports import operations
from tests.cast import Cast, acting
from tests.status_reports.cast import JUNE_28, SAID, bring

pytestmark = pytest.mark.django_db

VERBS: dict[str, Any] = {
    "write": lambda r, **by: operations.write(r.milestone, {"progress": 50}, report=r, **by),
    "submit": operations.submit,
    "accept": operations.accept,
    "return": lambda r, **by: operations.return_(r, note="缺数据", **by),
    "discard": operations.discard,
}
# ok: done · no: forbidden · theirs: another wrote it · state: the state does not allow it · same: one's own ·
# keep: what was submitted stays
CODES = {
    "no": "forbidden",
    "theirs": "not_theirs",
    "state": "state",
    "same": "same_person",
    "keep": "cancel_instead",
}

# A person of the office who wrote none of it, in each state of the owner's report.
STATES = """
          draft   submitted  accepted  returned
write     ok      state      state     ok
submit    ok      state      state     ok
accept    state   ok         state     state
return    state   ok         state     state
discard   ok      keep       keep      keep
"""

# Everybody, in a state that allows the verb to the office. `owner` wrote it, `coordinator` is of the lead unit.
ROLES = """
          from       office  owner  coordinator  stranger  other  leader  viewer
write     draft      ok      ok     theirs       no        no     no      no
write     returned   ok      ok     theirs       no        no     no      no
submit    draft      ok      ok     theirs       no        no     no      no
submit    returned   ok      ok     theirs       no        no     no      no
discard   draft      ok      ok     theirs       no        no     no      no
accept    submitted  ok      no     no           no        no     no      no
return    submitted  ok      no     no           no        no     no      no
"""


def cells(table: str, keys: int) -> list[tuple[list[str], str, str]]:
    head, *lines = [line.split() for line in table.strip().splitlines()]
    columns = head[keys - 1 :]
    return [(line[:keys], column, cell) for line in lines for column, cell in zip(columns, line[keys:], strict=True)]


def outcome(verb: str, report: StatusReport, actor: Actor) -> str:
    try:
        VERBS[verb](report, actor=actor, now=JUNE_28)
    except DomainError as error:
        return next(short for short, code in CODES.items() if code == error.code)
    return "ok"


@pytest.mark.parametrize(("keys", "state", "expected"), cells(STATES, 1))
def test_the_office_in_each_state(running: Cast, keys: list[str], state: str, expected: str) -> None:
    assert outcome(keys[0], bring(running, state), acting(running.office)) == expected


@pytest.mark.parametrize(("keys", "role", "expected"), cells(ROLES, 2))
def test_everybody(running: Cast, keys: list[str], role: str, expected: str) -> None:
    verb, state = keys
    who: Person = getattr(running, role)
    assert outcome(verb, bring(running, state), acting(who)) == expected


@pytest.mark.parametrize(
    ("who", "may"),
    [("office", True), ("owner", True), ("coordinator", True), ("stranger", False), ("leader", False)],
)
def test_who_writes_a_report_of_ones_own(running: Cast, who: str, may: bool) -> None:
    actor = acting(getattr(running, who))
    if may:
        assert operations.write(running.roof, SAID, actor=actor, now=JUNE_28).author == actor.person
    else:
        with pytest.raises(DomainError):
            operations.write(running.roof, SAID, actor=actor, now=JUNE_28)


def test_nobody_accepts_what_they_wrote_or_sent_off(running: Cast) -> None:
    on_behalf = operations.file(running.roof, SAID, actor=acting(running.office), now=JUNE_28)
    assert outcome("accept", on_behalf, acting(running.office)) == "same"
    assert outcome("return", on_behalf, acting(running.colleague)) == "ok"
    theirs = bring(running, "draft")
    operations.submit(theirs, actor=acting(running.office), now=JUNE_28)
    assert outcome("accept", theirs, acting(running.office)) == "same"
    assert outcome("accept", theirs, acting(running.colleague)) == "ok"


class TestClients:
    """`readings:write` adds reports; `write` has the office's rights; a client is told apart by its name."""

    meter = Actor(None, "api", client="meter", scopes=frozenset({"read", "readings:write"}))
    sync = Actor(None, "api", client="sync", scopes=frozenset({"read", "write"}))
    other = Actor(None, "api", client="other", scopes=frozenset({"read", "write"}))

    def test_a_meter_writes_and_submits_without_an_author(self, running: Cast) -> None:
        report = operations.write(running.roof, SAID, actor=self.meter, now=JUNE_28)
        assert (report.author, report.on_behalf, report.state) == (None, False, "draft")
        assert outcome("submit", report, self.meter) == "ok"
        assert outcome("accept", report, self.meter) == "no"

    def test_a_meter_does_not_touch_what_a_person_wrote(self, running: Cast) -> None:
        assert outcome("write", bring(running, "draft"), self.meter) == "theirs"

    def test_a_client_does_not_accept_its_own(self, running: Cast) -> None:
        report = operations.file(running.roof, SAID, actor=self.sync, now=JUNE_28)
        assert outcome("accept", report, self.sync) == "same"
        assert outcome("accept", report, self.other) == "ok"

    def test_outside_its_reach_it_writes_nothing(self, running: Cast) -> None:
        from milestones.actors import Reach

        reach = Reach(organisations=frozenset({running.harbour.pk}))
        far = Actor(None, "api", client="far", scopes=frozenset({"readings:write"}), reach=reach)
        with pytest.raises(DomainError) as refused:
            operations.write(running.roof, SAID, actor=far, now=JUNE_28)
        assert refused.value.code == "forbidden"
        assert operations.write(running.school, SAID, actor=far, now=JUNE_28).milestone == running.school
