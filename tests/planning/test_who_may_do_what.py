"""Which verb may which role do to a milestone in which state? Every cell: done, or the code of the refusal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones.errors import DomainError
from milestones.models import Milestone
from milestones.planning import lifecycle, operations
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, PHOTO, TODAY, YEAR_END, Cast, acting

pytestmark = pytest.mark.django_db

MOVED = FuzzyDate(date(2023, 10, 16))
VERBS: dict[str, Any] = {
    "start": lambda m, c, **by: lifecycle.start(m, **by),
    "submit": lambda m, c, **by: lifecycle.submit(m, actual=TODAY, statement="已封顶", evidence=[PHOTO], **by),
    "verify": lambda m, c, **by: lifecycle.verify(m, **by),
    "return": lambda m, c, **by: lifecycle.return_(m, reason="照片不清", **by),
    "reopen": lambda m, c, **by: lifecycle.reopen(m, reason="继续", **by),
    "cancel": lambda m, c, **by: lifecycle.cancel(m, reason="不建了", **by),
    "edit": lambda m, c, **by: operations.change(m, {"title": "新标题"}, **by),
    "reschedule": lambda m, c, **by: operations.reschedule(m, MOVED, reason="台风", **by),
    "forecast": lambda m, c, **by: operations.forecast(m, MOVED, reason="进度", **by),
    "assign": lambda m, c, **by: operations.assign([m], c.colleague, **by),
    "hand_over": lambda m, c, **by: operations.hand_over([m], c.colleague, reason="调岗", **by),
    "delete": lambda m, c, **by: operations.delete(m, **by),
}

# ok: done · no: forbidden · state: the state does not allow it · same: one's own submission · draft, closed: the plan's
# state does not allow it · instead: cancel it instead of deleting it
CODES = {
    "no": "forbidden",
    "state": "state",
    "same": "same_verifier",
    "draft": "plan_not_active",
    "closed": "plan_closed",
    "instead": "cancel_instead",
}

# The office, in each state of a milestone of an active plan. (`owner` had submitted what is submitted or completed.)
OFFICE = """
              planned  in_progress  submitted  completed  cancelled
start         ok       state        state      state      state
submit        ok       ok           state      state      state
verify        state    state        ok         state      state
return        state    state        ok         state      state
reopen        state    state        state      ok         ok
cancel        ok       ok           ok         state      state
edit          ok       ok           ok         ok         ok
reschedule    ok       ok           state      state      state
forecast      ok       ok           ok         state      state
assign        ok       ok           ok         ok         ok
hand_over     ok       ok           ok         ok         ok
delete        instead  instead      instead    instead    instead
"""

# Everybody, in a state that allows the verb to the office. `coordinator` is of the lead unit, `stranger` of another;
# `owner` is accountable, `other` is not.
ROLES = """
              from         office  coordinator  stranger  owner  other  leader  viewer
start         planned      ok      ok           no        ok     no     no      no
submit        planned      ok      ok           no        ok     no     no      no
submit        in_progress  ok      ok           no        ok     no     no      no
verify        submitted    ok      no           no        same   no     no      no
return        submitted    ok      no           no        no     no     no      no
reopen        completed    ok      no           no        no     no     no      no
reopen        cancelled    ok      no           no        no     no     no      no
cancel        planned      ok      no           no        no     no     no      no
cancel        submitted    ok      no           no        no     no     no      no
edit          planned      ok      ok           no        no     no     no      no
edit          completed    ok      ok           no        no     no     no      no
reschedule    planned      ok      no           no        no     no     no      no
forecast      planned      ok      ok           no        ok     no     no      no
forecast      completed    state   state        no        state  no     no      no
assign        planned      ok      ok           no        no     no     no      no
hand_over     planned      ok      ok           no        no     no     no      no
delete        planned      instead no           no        no     no     no      no
"""

# Plans that are not active: a draft is the office's alone and nothing moves in it; a closed one does not change at all.
PLANS = """
              plan    office  coordinator  stranger  owner   other   leader  viewer
start         draft   draft   no           no        no      no      no      no
submit        draft   draft   no           no        no      no      no      no
verify        draft   draft   no           no        no      no      no      no
cancel        draft   draft   no           no        no      no      no      no
edit          draft   ok      no           no        no      no      no      no
reschedule    draft   ok      no           no        no      no      no      no
forecast      draft   ok      no           no        no      no      no      no
assign        draft   ok      no           no        no      no      no      no
hand_over     draft   ok      no           no        no      no      no      no
delete        draft   ok      no           no        no      no      no      no
start         closed  draft   draft        no        draft   no      no      no
submit        closed  draft   draft        no        draft   no      no      no
cancel        closed  draft   no           no        no      no      no      no
edit          closed  closed  closed       closed    closed  closed  closed  closed
reschedule    closed  closed  closed       closed    closed  closed  closed  closed
forecast      closed  closed  closed       closed    closed  closed  closed  closed
assign        closed  closed  closed       closed    closed  closed  closed  closed
delete        closed  instead no           no        no      no      no      no
"""


def cells(table: str, *, named: int) -> list[Any]:
    """The table as (verb, first `named - 1` columns, head of the cell's column, word) with a readable id."""
    head, *rows = (line.split() for line in table.strip().splitlines())
    found = []
    for verb, *words in rows:
        given, answers = words[: named - 1], words[named - 1 :]
        for column, answer in zip(head[named - 1 :], answers, strict=True):
            found.append(pytest.param(verb, *given, column, answer, id="-".join([verb, *given, column, answer])))
    return found


def attempt(verb: str, milestone: Milestone, cast: Cast, who: str) -> str:
    """The word of the table for what happens."""
    words = {code: word for word, code in CODES.items()}
    try:
        VERBS[verb](milestone, cast, actor=acting(getattr(cast, who)), now=NOW)
    except DomainError as refusal:
        return words[refusal.code]
    return "ok"


def row(milestone: Milestone) -> Any:
    return Milestone.objects.filter(pk=milestone.pk).values().first()


@pytest.mark.parametrize(("verb", "state", "answer"), cells(OFFICE, named=1))
def test_in_each_state(running: Cast, verb: str, state: str, answer: str) -> None:
    casting.bring(running, running.roof, state)
    before = row(running.roof)
    assert attempt(verb, running.roof, running, "office") == answer
    assert (row(running.roof) != before) == (answer == "ok")


@pytest.mark.parametrize(("verb", "state", "who", "answer"), cells(ROLES, named=2))
def test_by_each_role(running: Cast, verb: str, state: str, who: str, answer: str) -> None:
    casting.bring(running, running.roof, state)
    before = row(running.roof)
    assert attempt(verb, running.roof, running, who) == answer
    assert (row(running.roof) != before) == (answer == "ok")


@pytest.mark.parametrize(("verb", "state", "who", "answer"), cells(PLANS, named=2))
def test_in_a_plan_that_is_not_active(cast: Cast, verb: str, state: str, who: str, answer: str) -> None:
    if state == "closed":
        cast.activate()
        cast.close()
    before = row(cast.roof)
    assert attempt(verb, cast.roof, cast, who) == answer
    assert (row(cast.roof) != before) == (answer == "ok")


def test_somebody_who_left_may_do_nothing_whatever_the_roles(running: Cast) -> None:
    running.office.is_active = False
    assert attempt("start", running.roof, running, "office") == "no"


def test_the_system_may_do_everything_but_verify(running: Cast) -> None:
    for verb in ("edit", "start", "reschedule", "assign", "submit", "return", "cancel", "reopen"):
        VERBS[verb](running.roof, running, actor=casting.SYSTEM, now=NOW)
    assert running.roof.state == "in_progress"
    casting.submit(running.roof, running.colleague)
    with pytest.raises(lifecycle.SameVerifier):
        lifecycle.verify(running.roof, actor=casting.SYSTEM, now=NOW)
    assert running.roof.due != YEAR_END
