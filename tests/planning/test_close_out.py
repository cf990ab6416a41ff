"""What must be presented when a milestone is submitted, and what does its verification cover?"""

from __future__ import annotations

from typing import Any

import pytest

from milestones.actors import Actor
from milestones.errors import DomainError, RuleBroken
from milestones.evidence import operations as evidence
from milestones.models import ChangeEntry, Evidence, Milestone
from milestones.planning import lifecycle, proof
from milestones.planning.proof import Sort
from tests import cast as casting
from tests.cast import LATER, NOW, SYSTEM, TODAY, Cast, acting

pytestmark = pytest.mark.django_db

PAGE = ("公开链接", "https://example.org/approval")
# What each kind demands: at least one of these.
ENOUGH = """
              nothing  picture  document  link
construction  no       yes      yes       yes
institution   no       yes      yes       yes
policy        no       no       yes       yes
event         yes      yes      yes       yes
project       yes      yes      yes       yes
other         yes      yes      yes       yes
"""
MEDIA = {"picture": "image/jpeg", "document": "application/pdf"}


def cells() -> list[Any]:
    head, *rows = (line.split() for line in ENOUGH.strip().splitlines())
    return [
        (kind, what, answer == "yes")
        for kind, *answers in rows
        for what, answer in zip(head, answers, strict=True)
    ]  # fmt: skip


def a_file(milestone: Milestone, media_type: str) -> Evidence:
    """As `receive` leaves it: not stored yet."""
    return Evidence(milestone=milestone, title="x", file_name="x", size=1, sha256="a" * 64, media_type=media_type)


def submit(milestone: Milestone, by: Actor, *given: proof.Given, now: Any = NOW) -> None:
    lifecycle.submit(milestone, actual=TODAY, statement="已完成", evidence=given, actor=by, now=now)


@pytest.mark.parametrize(("kind", "what", "enough"), cells())
def test_each_kind_demands_what_shows_it(running: Cast, kind: str, what: str, enough: bool) -> None:
    milestone = casting.milestone(running.plan, running.stream, "K-01", kind=kind, accountable=running.owner)
    given: list[proof.Given] = []
    if what in MEDIA:
        given = [a_file(milestone, MEDIA[what])]
    elif what == "link":
        given = [PAGE]
    if enough:
        submit(milestone, acting(running.owner), *given)
        assert (milestone.state, milestone.evidence.count()) == ("submitted", len(given))
        return
    with pytest.raises(RuleBroken) as refusal:
        submit(milestone, acting(running.owner), *given)
    assert (refusal.value.field, refusal.value.code) == ("evidence", "missing")
    assert not milestone.evidence.exists()


def test_the_rule_is_pure() -> None:
    assert proof.suffices("policy", [Sort.PICTURE, Sort.LINK])
    assert not proof.suffices("policy", [Sort.PICTURE])
    assert proof.suffices("event", [])


def test_what_was_attached_before_may_be_presented_again(running: Cast) -> None:
    owner = acting(running.owner)
    before = evidence.attach_link(running.roof, url=PAGE[1], actor=owner, now=NOW)
    submit(running.roof, owner, before)
    assert list(running.roof.evidence.all()) == [before]


@pytest.mark.parametrize("verb", ["reject", "withdraw"])
def test_what_no_longer_stands_shows_nothing(running: Cast, verb: str) -> None:
    owner, office = acting(running.owner), acting(running.office)
    before = evidence.attach_link(running.roof, url=PAGE[1], actor=owner, now=NOW)
    getattr(evidence, verb)(before, reason="错了", actor=office, now=NOW)
    for given in ([], [before]):
        with pytest.raises(RuleBroken) as refusal:
            submit(running.roof, owner, *given)
        assert refusal.value.field == "evidence"
        assert refusal.value.code in ("missing", "not_standing")


def test_evidence_of_another_milestone_is_refused(running: Cast) -> None:
    theirs = evidence.attach_link(running.school, url=PAGE[1], actor=acting(running.other), now=NOW)
    with pytest.raises(RuleBroken) as refusal:
        submit(running.roof, acting(running.owner), theirs)
    assert (refusal.value.field, refusal.value.code) == ("evidence", "not_of_milestone")


def test_the_verifiers_word_covers_what_was_presented(running: Cast) -> None:
    """Not what came later, and not what the verifier attached."""
    owner, office = acting(running.owner), acting(running.office)
    mine = evidence.attach_link(running.roof, url=PAGE[1], title="office", actor=office, now=NOW)
    submit(running.roof, owner, PAGE, ("二", PAGE[1]))
    late = evidence.attach_link(running.roof, url=PAGE[1], title="late", actor=owner, now=LATER)
    last = ChangeEntry.objects.latest("id").id
    lifecycle.verify(running.roof, actor=office, now=LATER)
    states = dict(running.roof.evidence.values_list("title", "state"))
    assert states == {"公开链接": "verified", "二": "verified", "office": "pending", "late": "pending"}
    assert {mine.pk, late.pk}.isdisjoint(ChangeEntry.objects.filter(id__gt=last).values_list("object_id", flat=True))
    new = ChangeEntry.objects.filter(id__gt=last, entity="evidence")
    assert [entry.verb for entry in new] == ["evidence.verify"] * 2
    piece = running.roof.evidence.get(title="二")
    assert (piece.decided_by, piece.decided_at) == (running.office, LATER)


def test_a_submission_whose_evidence_was_rejected_meanwhile_is_not_verified(running: Cast) -> None:
    office = acting(running.office)
    submit(running.roof, acting(running.owner), PAGE)
    evidence.reject(running.roof.evidence.get(), reason="看不清", actor=office, now=LATER)
    with pytest.raises(RuleBroken) as refusal:
        lifecycle.verify(running.roof, actor=office, now=LATER)
    assert (refusal.value.field, refusal.value.code) == ("evidence", "missing")
    running.roof.refresh_from_db()
    assert running.roof.state == "submitted"


# Who submitted, and who may then verify: never the same one, whether a person or a program.
SECOND = """
           owner  office  colleague  oa    erp   system
owner      same   ok      ok         ok    ok    same
office     no     same    ok         ok    ok    same
oa         no     ok      ok         same  ok    same
system     no     ok      ok         ok    ok    same
"""


def second() -> list[Any]:
    head, *rows = (line.split() for line in SECOND.strip().splitlines())
    return [(one, two, answer) for one, *answers in rows for two, answer in zip(head, answers, strict=True)]


def called(cast: Cast, name: str) -> Actor:
    if name == "system":
        return SYSTEM
    if name in ("oa", "erp"):
        return Actor(None, "api", client=name, scopes=frozenset({"read", "write"}))
    return acting(getattr(cast, name))


@pytest.mark.parametrize(("submits", "verifies", "answer"), second())
def test_the_second_one_is_another_one(running: Cast, submits: str, verifies: str, answer: str) -> None:
    submit(running.roof, called(running, submits), PAGE)
    try:
        lifecycle.verify(running.roof, actor=called(running, verifies), now=LATER)
        found = "ok"
    except DomainError as refusal:
        found = {"same_verifier": "same", "forbidden": "no"}[refusal.code]
    assert found == answer
    running.roof.refresh_from_db()
    assert running.roof.state == ("completed" if answer == "ok" else "submitted")
