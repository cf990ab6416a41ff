"""Who sees and does what? Tables of role by object and verb."""

from __future__ import annotations

from typing import Any

import pytest

from milestones import access
from milestones.actors import Actor
from milestones.errors import Forbidden
from milestones.models import Milestone, Organisation, Person, Plan, Target, Via, Workstream
from milestones.people import operations as people
from milestones.planning import operations
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

WHO = ("office", "coordinator", "owner", "leader", "viewer")

# What a draft shows to whom, beside the active plan that all of them see.
DRAFT = {"office": True, "coordinator": False, "owner": False, "leader": False, "viewer": False}

# verb, object: roof is led by the coordinator's unit and owned by owner; the target is led by that unit
VERBS = """
                              office coordinator stranger owner other leader viewer
milestone.create    roof      yes    no          no       no    no    no     no
milestone.edit      roof      yes    yes         no       no    no    no     no
milestone.edit      rules     yes    no          no       no    no    no     no
milestone.assign    roof      yes    yes         no       no    no    no     no
milestone.reschedule roof     yes    no          no       no    no    no     no
milestone.forecast  roof      yes    yes         no       yes   no    no     no
milestone.forecast  school    yes    no          yes      no    yes   no     no
milestone.start     roof      yes    yes         no       yes   no    no     no
milestone.submit    roof      yes    yes         no       yes   no    no     no
milestone.verify    roof      yes    no          no       no    no    no     no
milestone.return    roof      yes    no          no       no    no    no     no
milestone.reopen    roof      yes    no          no       no    no    no     no
milestone.cancel    roof      yes    no          no       no    no    no     no
milestone.delete    roof      yes    no          no       no    no    no     no
plan.create         -         yes    no          no       no    no    no     no
plan.edit           plan      yes    no          no       no    no    no     no
plan.activate       plan      yes    no          no       no    no    no     no
plan.close          plan      yes    no          no       no    no    no     no
workstream.edit     stream    yes    no          no       no    no    no     no
target.create       target    yes    no          no       no    no    no     no
target.edit         target    yes    no          no       no    no    no     no
target.record       target    yes    yes         no       no    no    no     no
organisation.edit   bureau    yes    no          no       no    no    no     no
person.create       -         yes    no          no       no    no    no     no
person.edit         owner     yes    no          no       no    no    no     no
person.deactivate   viewer    yes    no          no       no    no    no     no
person.invite       viewer    yes    no          no       no    no    no     no
calendar.edit       -         yes    no          no       no    no    no     no
an.unknown.verb     roof      yes    no          no       no    no    no     no
"""


def cells() -> list[Any]:
    head, *rows = (line.split() for line in VERBS.strip().splitlines())
    return [
        pytest.param(verb, name, who, answer == "yes", id=f"{verb}-{name}-{who}-{answer}")
        for verb, name, *answers in rows
        for who, answer in zip(head, answers, strict=True)
    ]


@pytest.mark.parametrize(("verb", "name", "who", "allowed"), cells())
def test_may(running: Cast, verb: str, name: str, who: str, allowed: bool) -> None:
    obj = getattr(running, name, None)
    person = getattr(running, who)
    assert access.may(acting(person), verb, obj) is access.may(person, verb, obj) is allowed
    if allowed:
        access.require(acting(person), verb, obj)
    else:
        with pytest.raises(Forbidden):
            access.require(acting(person), verb, obj)


@pytest.mark.parametrize("who", ["coordinator", "owner", "leader", "viewer"])
def test_a_draft_is_the_offices_alone(cast: Cast, who: str) -> None:
    for verb in ("milestone.edit", "milestone.start", "milestone.forecast", "target.record"):
        for obj in (cast.roof, cast.target, cast.plan):
            assert not access.may(getattr(cast, who), verb, obj)
            assert access.may(cast.office, verb, obj)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("model", [Plan, Workstream, Milestone, Target])
def test_sees(running: Cast, who: str, model: Any) -> None:
    draft = casting.plan("draft")
    stream = casting.workstream(draft)
    hidden = {Plan: draft, Workstream: stream}.get(model) or (
        casting.milestone(draft, stream, "D-1") if model is Milestone else casting.target(draft, stream, "D-T")
    )
    shown = {Plan: running.plan, Workstream: running.stream, Milestone: running.roof, Target: running.target}[model]
    seen = access.visible(model.objects.all(), getattr(running, who))
    assert shown in seen
    assert (hidden in seen) is DRAFT[who]


@pytest.mark.parametrize("who", WHO)
def test_everybody_reads_a_closed_plan_and_who_is_who(running: Cast, who: str) -> None:
    running.close()
    viewer = getattr(running, who)
    for model in (Plan, Milestone, Target, Workstream, Organisation, Person):
        rows: Any = model._default_manager.all()
        assert list(access.visible(rows, viewer)) == list(rows)


def test_nobody_and_somebody_who_left_see_and_do_nothing(running: Cast) -> None:
    people.deactivate(running.colleague, actor=SYSTEM, now=NOW)
    for viewer in (None, running.colleague):
        assert not access.visible(Milestone.objects.all(), viewer).exists()
    assert not access.may(running.colleague, "milestone.edit", running.roof)
    assert not access.may_enter_admin(running.colleague)
    assert not access.may_sign_in(running.colleague)


def test_only_the_office_enters_the_workbench(running: Cast) -> None:
    assert [who for who in WHO if access.may_enter_admin(getattr(running, who))] == ["office"]
    assert all(access.may_sign_in(getattr(running, who)) for who in WHO)
    assert not access.may_enter_admin(None)


def test_the_system_may_do_all_and_a_client_without_rights_nothing(running: Cast) -> None:
    assert access.may(SYSTEM, "milestone.cancel", running.roof)
    assert not access.may(Actor(None, Via.API, client="hr-system"), "milestone.edit", running.roof)


def test_a_role_counts_only_with_its_duty(running: Cast) -> None:
    """Accountable without the role, coordinator of nowhere, lead unit without the role: none of them may."""
    nowhere = casting.person("nowhere", "coordinator")
    member = casting.person("member", "viewer", organisation=running.bureau)
    running.rules.accountable, running.rules.lead = running.viewer, None
    assert not access.may(nowhere, "milestone.edit", running.rules)
    assert not access.may(member, "milestone.edit", running.roof)
    assert not access.may(running.viewer, "milestone.start", running.rules)


def test_mine_is_what_i_own_or_coordinate(running: Cast) -> None:
    mine = {
        who: set(Milestone.objects.filter(access.led_by_viewer(getattr(running, who))).values_list("code", flat=True))
        for who in ("coordinator", "stranger", "owner", "other", "viewer")
    }
    assert mine == {
        "coordinator": {"FIN-01"},
        "stranger": {"FIN-02"},
        "owner": {"FIN-01"},
        "other": {"FIN-02"},
        "viewer": set(),
    }


def test_the_office_is_its_active_people(running: Cast) -> None:
    assert set(access.office()) == {running.office, running.colleague}
    people.deactivate(running.colleague, actor=SYSTEM, now=NOW)
    assert list(access.office()) == [running.office]


def test_nobody_without_rights_changes_parties(running: Cast) -> None:
    for who in ("owner", "leader", "viewer", "stranger"):
        with pytest.raises(Forbidden):
            operations.change(running.roof, {}, parties=[], actor=acting(getattr(running, who)), now=NOW)
