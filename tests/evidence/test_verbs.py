"""Who may do what to evidence, in which state of it and of its milestone? Every cell: done, or why not."""

from __future__ import annotations

from typing import Any

import pytest

from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.evidence import operations
from milestones.models import ChangeEntry, Evidence, Milestone
from milestones.planning import lifecycle
from tests import cast as casting
from tests.cast import LATER, NOW, SYSTEM, Cast, acting
from tests.planning.test_who_may_do_what import cells

pytestmark = pytest.mark.django_db

URL = "https://example.org/approval"
VERBS: dict[str, Any] = {
    "attach": lambda e, **by: operations.attach_link(e.milestone, url=URL, title="批复", **by),
    "verify": operations.verify,
    "reject": lambda e, **by: operations.reject(e, reason="看不清", **by),
    "withdraw": lambda e, **by: operations.withdraw(e, reason="传错了", **by),
}
# ok: done · no: forbidden · state: the state of evidence or milestone does not allow it · own: one's own piece ·
# presented: the milestone was completed with it · draft, closed: the plan's state does not allow it
CODES = {
    "no": "forbidden",
    "state": "state",
    "own": "own_evidence",
    "presented": "presented",
    "draft": "plan_not_active",
    "closed": "plan_closed",
}

# A piece in each state, on a milestone in work. The office decides; `owner` had attached it.
STATES = """
           pending  verified  rejected  withdrawn
verify     ok       state     ok        state
reject     ok       ok        state     state
withdraw   ok       state     ok        state
"""

# By everybody. `coordinator` is of the lead unit, `stranger` of another; `owner` had attached it, `other` owns another.
ROLES = """
           piece     office  coordinator  stranger  owner  other  leader  viewer
attach     pending   ok      ok           no        ok     no     no      no
verify     pending   ok      no           no        no     no     no      no
reject     pending   ok      no           no        no     no     no      no
withdraw   pending   ok      ok           no        ok     no     no      no
"""

# A piece that was presented (`owner` attached it before submitting), in each state of the milestone.
MILESTONES = """
           planned  in_progress  submitted  completed  cancelled
attach     ok       ok           ok         ok         state
verify     ok       ok           ok         state      state
reject     ok       ok           ok         presented  state
withdraw   ok       ok           ok         state      state
"""


def piece_of(milestone: Milestone, cast: Cast, state: str = "pending") -> Evidence:
    piece = operations.attach_link(milestone, url=URL, title="照片", actor=acting(cast.owner), now=NOW)
    decide: dict[str, Any] = {"verified": "verify", "rejected": "reject", "withdrawn": "withdraw"}
    if state != "pending":
        VERBS[decide[state]](piece, actor=acting(cast.colleague), now=NOW)
    return piece


def attempt(verb: str, piece: Evidence, actor: Actor) -> str:
    words = {code: word for word, code in CODES.items()}
    try:
        VERBS[verb](piece, actor=actor, now=LATER)
    except DomainError as refusal:
        return words[refusal.code]
    return "ok"


@pytest.mark.parametrize(("verb", "state", "answer"), cells(STATES, named=1))
def test_in_each_state_of_the_piece(running: Cast, verb: str, state: str, answer: str) -> None:
    piece = piece_of(running.roof, running, state)
    assert attempt(verb, piece, acting(running.office)) == answer
    piece.refresh_from_db()
    assert (piece.decided_at == LATER) == (answer == "ok")


@pytest.mark.parametrize(("verb", "state", "who", "answer"), cells(ROLES, named=2))
def test_by_each_role(running: Cast, verb: str, state: str, who: str, answer: str) -> None:
    piece = piece_of(running.roof, running, state)
    assert attempt(verb, piece, acting(getattr(running, who))) == answer


@pytest.mark.parametrize(("verb", "state", "answer"), cells(MILESTONES, named=1))
def test_in_each_state_of_the_milestone(running: Cast, verb: str, state: str, answer: str) -> None:
    piece = piece_of(running.roof, running)
    casting.bring(running, running.roof, state)
    piece = Evidence.objects.get(pk=piece.pk)
    assert attempt(verb, piece, acting(running.office)) == answer


@pytest.mark.parametrize("verb", VERBS)
def test_in_a_closed_plan_nothing_changes(running: Cast, verb: str) -> None:
    piece = piece_of(running.roof, running)
    running.close()
    assert attempt(verb, Evidence.objects.get(pk=piece.pk), acting(running.office)) == "closed"


def test_in_a_draft_nothing_is_attached(cast: Cast) -> None:
    assert attempt("attach", Evidence(milestone=cast.roof), acting(cast.office)) == "draft"


def test_what_comes_after_completion_is_kept_and_can_still_be_decided(running: Cast) -> None:
    casting.bring(running, running.roof, "completed")
    late = operations.attach_link(running.roof, url=URL, actor=acting(running.owner), now=LATER)
    operations.reject(late, reason="与本事项无关", actor=acting(running.office), now=LATER)
    assert late.state == "rejected"


def test_whoever_attached_it_is_no_second_person(running: Cast) -> None:
    mine = operations.attach_link(running.roof, url=URL, actor=acting(running.office), now=NOW)
    assert attempt("verify", mine, acting(running.office)) == "own"
    assert attempt("verify", mine, SYSTEM) == "own"
    assert attempt("verify", mine, acting(running.colleague)) == "ok"


def test_nor_is_the_same_api_client(running: Cast) -> None:
    one, two = client("oa"), client("erp")
    piece = operations.attach_link(running.roof, url=URL, actor=one, now=NOW)
    assert attempt("verify", piece, one) == "own"
    assert attempt("verify", piece, two) == "ok"
    assert (piece.state, piece.decided_by) == ("verified", None)


@pytest.mark.parametrize("verb", ["reject", "withdraw"])
def test_what_no_longer_counts_says_why_and_stays(running: Cast, verb: str) -> None:
    piece = piece_of(running.roof, running)
    with pytest.raises(DomainError) as refusal:
        getattr(operations, verb)(piece, reason=" ", actor=acting(running.office), now=LATER)
    assert (refusal.value.code, refusal.value.field) == ("reason_missing", "reason")
    VERBS[verb](piece, actor=acting(running.office), now=LATER)
    entry = ChangeEntry.objects.of(piece).latest("id")
    assert (entry.verb, entry.reason) == (f"evidence.{verb}", piece.reason)
    assert piece.reason
    assert set(entry.changes) == {"state", "reason", "decided_by_id", "decided_at"}


def test_a_version_that_is_not_the_present_one_is_a_conflict(running: Cast) -> None:
    piece = piece_of(running.roof, running)
    stale = Evidence.objects.get(pk=piece.pk)
    operations.verify(piece, actor=acting(running.office), now=LATER)
    with pytest.raises(DomainError) as refusal:
        operations.withdraw(stale, reason="传错了", actor=acting(running.owner), now=LATER)
    assert (refusal.value.code, refusal.value.who) == ("conflict", "office")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.org/a", "/etc/passwd", "", "https://" + "x" * 1000]
)
def test_a_link_is_a_link(running: Cast, url: str) -> None:
    with pytest.raises(DomainError) as refusal:
        operations.attach_link(running.roof, url=url, actor=acting(running.owner), now=NOW)
    assert refusal.value.field == "url"
    assert not Evidence.objects.exists()


def client(name: str) -> Actor:
    return Actor(None, "api", client=name, scopes=frozenset({"read", "write"}))


def test_a_client_that_submitted_does_not_verify(running: Cast) -> None:
    one, two = client("oa"), client("erp")
    casting_values: Any = {"actual": casting.TODAY, "statement": "已封顶", "evidence": [casting.PHOTO]}
    lifecycle.submit(running.roof, **casting_values, actor=one, now=NOW)
    assert (running.roof.submitted_client, running.roof.submitted_by) == ("oa", None)
    with pytest.raises(lifecycle.SameVerifier):
        lifecycle.verify(running.roof, actor=one, now=LATER)
    lifecycle.verify(running.roof, actor=two, now=LATER)
    assert (running.roof.verified_client, running.roof.verified_by) == ("erp", None)
    lifecycle.reopen(running.roof, reason="有误", actor=acting(running.office), now=LATER)
    assert (running.roof.submitted_client, running.roof.verified_client) == ("", "")
