"""What may happen next to a report, a request for more time, a piece of evidence, a notice? One table each.

A cell says what happens when the person at its head does the verb of its row to the thing in that state:
`ok` it is done · `no` their roles do not allow it · `state` its state does not allow it · `theirs` it is another's ·
`kept` what was filed is never deleted. Whoever is refused changes nothing.

The milestone is the owner's, who wrote the report, asked for more time and gave the evidence; the notice went to the
owner's unit. The office may go on with what others wrote (代填). `coord` coordinates that unit, `far` another one;
`leader` supervises it, `abroad` another one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from milestones.errors import DomainError
from milestones.evidence import operations as evidence
from milestones.extensions import operations as extensions
from milestones.models import ChangeEntry, Person
from milestones.notices import operations as notices
from milestones.people import organisations
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

WORDS = {
    "forbidden": "no",
    "state": "state",
    "notice_state": "state",
    "cancel_instead": "kept",
    "not_theirs": "theirs",
}

REPORT = """
            in state    office  colleague  coord  owner   leader  far  viewer
rewrite     draft       ok      ok         theirs ok      no      no   no
rewrite     submitted   state   state      theirs state   no      no   no
rewrite     accepted    state   state      theirs state   no      no   no
rewrite     returned    ok      ok         theirs ok      no      no   no
submit      draft       ok      ok         theirs ok      no      no   no
submit      submitted   state   state      theirs state   no      no   no
submit      accepted    state   state      theirs state   no      no   no
submit      returned    ok      ok         theirs ok      no      no   no
accept      draft       state   state      no     no      no      no   no
accept      submitted   ok      ok         no     no      no      no   no
accept      accepted    state   state      no     no      no      no   no
accept      returned    state   state      no     no      no      no   no
return      draft       state   state      no     no      no      no   no
return      submitted   ok      ok         no     no      no      no   no
return      accepted    state   state      no     no      no      no   no
return      returned    state   state      no     no      no      no   no
discard     draft       ok      ok         theirs ok      no      no   no
discard     submitted   kept    kept       theirs kept    no      no   no
discard     returned    kept    kept       theirs kept    no      no   no
"""

EXTENSION = """
            in state    office  colleague  coord  owner   leader  abroad  far  viewer
approve     requested   ok      ok         no     no      ok      no      no   no
approve     approved    state   state      no     no      state   no      no   no
approve     declined    state   state      no     no      state   no      no   no
approve     withdrawn   state   state      no     no      state   no      no   no
decline     requested   ok      ok         no     no      ok      no      no   no
decline     approved    state   state      no     no      state   no      no   no
decline     declined    state   state      no     no      state   no      no   no
decline     withdrawn   state   state      no     no      state   no      no   no
withdraw    requested   ok      ok         ok     ok      no      no      no   no
withdraw    approved    state   state      state  state   no      no      no   no
withdraw    declined    state   state      state  state   no      no      no   no
withdraw    withdrawn   state   state      state  state   no      no      no   no
"""

EVIDENCE = """
            in state    office  colleague  coord  owner   leader  far  viewer
verify      pending     ok      ok         no     no      no      no   no
verify      verified    state   state      no     no      no      no   no
verify      rejected    ok      ok         no     no      no      no   no
verify      withdrawn   state   state      no     no      no      no   no
reject      pending     ok      ok         no     no      no      no   no
reject      verified    ok      ok         no     no      no      no   no
reject      rejected    state   state      no     no      no      no   no
reject      withdrawn   state   state      no     no      no      no   no
withdraw    pending     ok      ok         ok     ok      no      no   no
withdraw    verified    state   state      state  state   no      no   no
withdraw    rejected    ok      ok         ok     ok      no      no   no
withdraw    withdrawn   state   state      state  state   no      no   no
"""

NOTICE = """
            in state    office  colleague  coord  owner   head    leader  far  viewer
sign        issued      ok      ok         ok     ok      ok      no      no   no
sign        signed      state   state      state  state   state   no      no   no
sign        replied     state   state      state  state   state   no      no   no
sign        cancelled   state   state      state  state   state   no      no   no
reply       issued      ok      ok         ok     ok      ok      no      no   no
reply       signed      ok      ok         ok     ok      ok      no      no   no
reply       replied     state   state      state  state   state   no      no   no
reply       cancelled   state   state      state  state   state   no      no   no
cancel      issued      ok      ok         no     no      no      no      no   no
cancel      signed      ok      ok         no     no      no      no      no   no
cancel      replied     state   state      no     no      no      no      no   no
cancel      cancelled   state   state      no     no      no      no      no   no
"""

LATER = FuzzyDate(date(2024, 3, 31))
SAID: dict[str, Any] = {"as_of": NOW.date(), "progress": 40, "done": "主体结构过半"}
DO: dict[str, Callable[..., object]] = {
    "report rewrite": lambda it, **by: reports.write(it.milestone, {**SAID, "progress": 41}, report=it, **by),
    "report submit": reports.submit,
    "report accept": reports.accept,
    "report return": lambda it, **by: reports.return_(it, note="写明堵点", **by),
    "report discard": reports.discard,
    "extension approve": lambda it, **by: extensions.approve(it, note="同意", **by),
    "extension decline": lambda it, **by: extensions.decline(it, note="不同意", **by),
    "extension withdraw": extensions.withdraw,
    "evidence verify": evidence.verify,
    "evidence reject": lambda it, **by: evidence.reject(it, reason="照片不清", **by),
    "evidence withdraw": lambda it, **by: evidence.withdraw(it, reason="传错了", **by),
    "notice sign": notices.sign,
    "notice reply": lambda it, **by: notices.reply(it, "已安排", **by),
    "notice cancel": lambda it, **by: notices.cancel(it, reason="重复", **by),
}
# state → the verbs that bring a new one there
REPORT_WAY = {"draft": [], "submitted": ["submit"], "accepted": ["submit", "accept"], "returned": ["submit", "return"]}
EXTENSION_WAY = {"requested": [], "approved": ["approve"], "declined": ["decline"], "withdrawn": ["withdraw"]}
EVIDENCE_WAY = {"pending": [], "verified": ["verify"], "rejected": ["reject"], "withdrawn": ["withdraw"]}
NOTICE_WAY = {"issued": [], "signed": ["sign"], "replied": ["reply"], "cancelled": ["cancel"]}
WAYS = {"report": REPORT_WAY, "extension": EXTENSION_WAY, "evidence": EVIDENCE_WAY, "notice": NOTICE_WAY}
OF_THE_OWNER = ("report submit", "evidence withdraw", "extension withdraw", "notice sign", "notice reply")


def rows(table: str) -> list[tuple[str, str, dict[str, str]]]:
    """(verb, state, what happens to each)"""
    head, *lines = (line.split() for line in table.strip().splitlines())
    return [(verb, state, dict(zip(head[2:], answers, strict=True))) for verb, state, *answers in lines]


@pytest.fixture
def people(running: Cast) -> dict[str, Person]:
    supervisor = casting.person("supervisor", "leader")
    head = casting.person("head", "viewer", organisation=running.bureau)
    organisations.edit(running.bureau, {"supervising_leader": supervisor, "head": head}, actor=SYSTEM, now=NOW)
    organisations.edit(running.harbour, {"supervising_leader": running.leader}, actor=SYSTEM, now=NOW)
    running.roof.refresh_from_db()
    here = {name: getattr(running, name) for name in ("office", "colleague", "owner", "viewer")}
    others = {"coord": running.coordinator, "far": running.stranger, "abroad": running.leader}
    return {**here, **others, "leader": supervisor, "head": head}


def made(noun: str, cast: Cast) -> Any:
    """A new one, by the owner; a notice by the office."""
    by: dict[str, Any] = {"actor": acting(cast.owner), "now": NOW}
    if noun == "report":
        return reports.write(cast.roof, SAID, **by)
    if noun == "extension":
        return extensions.request(cast.roof, due=LATER, reason="台风", **by)
    if noun == "evidence":
        return evidence.attach_link(cast.roof, title="照片", url="https://example.org/1.jpg", **by)
    return notices.issue(cast.roof, level="blue", matter="加快封顶", actor=acting(cast.colleague), now=NOW)


def brought(noun: str, state: str, cast: Cast) -> Any:
    it = made(noun, cast)
    for verb in WAYS[noun][state]:
        by = cast.owner if f"{noun} {verb}" in OF_THE_OWNER else cast.office
        DO[f"{noun} {verb}"](it, actor=acting(by), now=NOW)
    fresh = type(it)._default_manager.get(pk=it.pk)
    assert fresh.state == state
    return fresh


@pytest.mark.parametrize(
    ("noun", "table"), [("report", REPORT), ("extension", EXTENSION), ("evidence", EVIDENCE), ("notice", NOTICE)]
)
def test_what_happens(running: Cast, people: dict[str, Person], noun: str, table: str) -> None:
    assert {state for _verb, state, _answers in rows(table)} == set(WAYS[noun])
    for state in WAYS[noun]:
        with transaction.atomic():
            running.refresh()
            it = brought(noun, state, running)
            for verb, of, answers in rows(table):
                for who, answer in answers.items() if of == state else ():
                    assert happens(f"{noun} {verb}", it, people[who]) == expected(verb, answer), (verb, state, who)
            transaction.set_rollback(True)


def happens(what: str, it: Any, who: Person) -> tuple[str, bool, bool, int, bool]:
    """The word of the table, whether words were said and the row is another, its new entries, and others' as well."""
    of_it, entries = type(it)._default_manager.filter(pk=it.pk), ChangeEntry.objects.filter(object_id=it.pk)
    before, told, known = of_it.values().first(), entries.count(), ChangeEntry.objects.count()
    with transaction.atomic():
        found, words = attempt(what, of_it.get(), who)
        after, new = of_it.values().first(), entries.count() - told
        others = ChangeEntry.objects.count() - known - new
        transaction.set_rollback(True)
    assert told == before["version"]
    return found, words != "", after != before, new, found != "ok" and others > 0


def expected(verb: str, answer: str) -> tuple[str, bool, bool, int, bool]:
    """Whoever is refused is told why and changes nothing; nobody else does either."""
    is_done = answer == "ok"
    return answer, not is_done, is_done, int(is_done), False


def attempt(what: str, it: Any, who: Person) -> tuple[str, str]:
    """The word of the table for what happens, and what the person is told."""
    try:
        DO[what](it, actor=acting(who), now=NOW)
    except DomainError as refusal:
        return WORDS.get(refusal.code, refusal.code), str(refusal).strip()
    return "ok", ""
