"""Are two installations the same after a run, and does nothing come back as an echo?"""

from __future__ import annotations

from typing import Any

import pytest

from milestones.api.inside import Inside
from milestones.models import ChangeEntry, Person, SyncPair
from milestones.sync.sides import Remote
from tests.mirror.two import COMPARED, DUE, PHOTO, Two

LATER = {"on": "2027-03-31", "precision": "quarter"}


@pytest.fixture
def tied(two: Two) -> Two:
    """Both have the same active plan, brought here by a pull."""
    two.there.plan()
    assert two.pull().code == 0
    return two


def test_a_pull_brings_everything_here(two: Two) -> None:
    two.there.plan()

    run = two.pull()

    assert run.code == 0, run.said
    two.same()


def test_a_push_brings_everything_there(two: Two) -> None:
    two.here.plan()

    run = two.push()

    assert run.code == 0, run.said
    two.same()


def test_a_second_pull_finds_nothing(tied: Two) -> None:
    written = ChangeEntry.objects.count()

    run = tied.pull()

    assert (run.code, run.said.strip()) == (0, "pull: nothing new")
    assert ChangeEntry.objects.count() == written


def test_a_push_after_a_pull_is_no_echo(tied: Two) -> None:
    versions = [one["version"] for one in tied.there.get("/milestones")]

    run = tied.push()

    assert run.code == 0, run.said
    assert [one["version"] for one in tied.there.get("/milestones")] == versions
    assert tied.pull().code == 0
    assert not ChangeEntry.objects.filter(client__startswith="sync", verb="milestone.edit").exists()


def test_states_come_over_with_what_was_presented(two: Two) -> None:
    two.there.plan(milestones=5)
    two.there.move("M1", "start")
    two.there.move("M2", "submit")
    two.there.move("M3", "submit", "verify")
    two.there.move("M4", "cancel")

    run = two.pull()

    assert run.code == 0, run.said
    two.same()
    assert PHOTO["url"] in {one["url"] for one in two.here.get("/evidence", milestone="p/M3")}
    assert "not brought over: evidence 2" in run.said, "a link comes along, the piece stays"


def test_a_completed_milestone_is_verified_by_a_second_one(two: Two) -> None:
    two.here.plan()
    two.here.move("M1", "submit", "verify")

    run = two.push()

    assert run.code == 0, run.said
    two.same()
    found = two.there.one("M1")
    assert (found["submitted_client"], found["verified_client"]) == ("here", "second")


def test_without_a_second_token_there_is_somebody_to_verify(two: Two) -> None:
    two.here.plan()
    two.here.move("M1", "submit", "verify")

    run = two.run("push")

    assert run.code == 1
    assert "M1" in run.said
    assert two.there.one("M1")["state"] == "submitted"
    two.there.done("POST", f"{two.there.at('M1')}/verify", {}, two.there.second)
    assert two.run("push").code == 0


def test_every_way_between_two_states_is_found(tied: Two) -> None:
    for verbs in (["start"], ["submit"], ["return"], ["submit"], ["verify"], ["reopen"], ["cancel"], ["reopen"]):
        tied.there.move("M1", *verbs)
        run = tied.pull()
        assert run.code == 0, (verbs, run.said)
        tied.same()
    for verbs in (["submit", "verify"], ["reopen", "submit", "verify"], ["reopen", "cancel"]):
        tied.there.move("M1", *verbs)
        assert tied.push().code == 0
        assert tied.pull().code == 0
        tied.same()


def test_a_date_that_moved_keeps_its_baseline(two: Two) -> None:
    two.there.plan()
    two.there.change(two.there.at("M1"), due=LATER, reason="雨季")
    two.there.move("M1", "submit", "verify")

    assert two.pull().code == 0

    two.same()
    assert two.here.one("M1")["baseline"]["on"] == DUE["on"]


def test_a_date_that_moves_of_what_is_completed_is_reopened_for_it(tied: Two) -> None:
    tied.there.move("M1", "submit", "verify")
    assert tied.pull().code == 0
    tied.there.move("M1", "reopen")
    tied.there.change(tied.there.at("M1"), due=LATER, reason="雨季")
    tied.there.move("M1", "submit", "verify")

    run = tied.pull()

    assert run.code == 0, run.said
    tied.same()


def test_a_draft_stays_a_draft(two: Two) -> None:
    two.there.plan(active=False)

    assert two.pull().code == 0

    two.same()
    assert two.here.one("p", "/plans")["state"] == "draft"


def test_a_closed_plan_is_closed_when_all_of_it_is_here(two: Two) -> None:
    two.there.plan()
    two.there.move("M1", "start")
    two.there.change(two.there.at("M2"), due=LATER, reason="雨季")
    two.there.read("1.5")
    two.there.done("POST", f"{two.there.at('p', '/plans')}/close", {})

    run = two.pull()

    assert run.code == 0, run.said
    two.same()


def test_what_is_above_may_come_later(two: Two) -> None:
    two.there.plan()
    for code in ("A", "B", "C"):
        two.there.milestone(code)
    two.there.change(two.there.at("A"), parent="B")
    two.there.change(two.there.at("B"), parent="C")
    two.there.change(two.there.at("FTB", "/organisations"), parent=None)
    two.there.post("/organisations", code="TOP", name="管委会")
    two.there.change(two.there.at("FTB", "/organisations"), parent="TOP")

    run = two.pull()

    assert run.code == 0, run.said
    two.same()


def test_readings_and_their_revisions_come_over(tied: Two) -> None:
    first = tied.there.read("1.5")
    tied.there.read("1.75", revises=first["id"], provisional=False)
    tied.there.read("1.5", as_of="2026-06-30")

    assert tied.pull().code == 0
    assert tied.push().code == 0

    tied.same()
    assert len(tied.here.get("/readings")) == 3
    revised = [one for one in tied.here.get("/readings") if one["revises"]]
    assert [one["value"] for one in revised] == ["1.75"]


def test_dependencies_come_and_go(tied: Two) -> None:
    made = tied.there.post("/dependencies", predecessor="p/M1", successor="p/M2", lag=3)
    assert tied.pull().code == 0
    tied.same()
    tied.there.change(f"/dependencies/{made['id']}", lag=5)
    assert tied.pull().code == 0
    tied.same()
    tied.there.done("DELETE", f"/dependencies/{made['id']}")
    assert tied.pull().code == 0
    tied.same()
    assert tied.here.get("/dependencies") == []


def test_names_in_other_systems_travel(tied: Two) -> None:
    tied.there.change(tied.there.at("M1"), external_refs=[{"system": "erp", "id": "7"}])
    assert tied.pull().code == 0
    tied.here.change(tied.here.at("M1"), external_refs=[{"system": "erp", "id": "8"}])
    assert tied.push().code == 0
    tied.same()


def test_parties_travel(tied: Two) -> None:
    parties = [
        {"role": "responsible", "organisation": "HBR", "person": "other@example.org"},
        {"role": "supporting", "organisation": "FTB"},
    ]
    tied.there.change(tied.there.at("M1"), parties=parties)
    assert tied.pull().code == 0
    tied.same()


def test_both_sides_may_change_different_fields(tied: Two) -> None:
    tied.there.change(tied.there.at("M1"), title="别的标题")
    tied.here.change(tied.here.at("M1"), weight=5)
    tied.here.move("M1", "start")

    assert tied.pull().code == 0
    assert tied.push().code == 0

    tied.same()
    found = tied.there.one("M1")
    assert (found["title"], found["weight"], found["state"]) == ("别的标题", 5, "in_progress")


# --- Names ------------------------------------------------------------------------------------------------------------
def test_a_renamed_workstream_is_no_conflict_of_its_milestones(tied: Two) -> None:
    (stream,) = tied.there.get("/workstreams")
    tied.there.change(f"/workstreams/{stream['id']}", code="BANK")
    tied.there.change(tied.there.at("M1"), title="别的标题")

    run = tied.pull()

    assert run.code == 0, run.said
    tied.same()
    tied.here.change(tied.here.at("M2"), title="又一个")
    assert tied.push().code == 0
    tied.same()


def test_references_use_the_name_that_the_target_has(tied: Two) -> None:
    tied.here.change(tied.here.at("HBR", "/organisations"), code="PORT")
    tied.there.change(tied.there.at("M1"), lead="HBR")

    assert tied.pull().code == 0
    assert tied.here.one("M1")["lead"] == "PORT"
    assert tied.push().code == 0
    tied.same()


def test_codes_may_change_places(tied: Two) -> None:
    one, two = tied.there.at("M1"), tied.there.at("M2")
    for path, code in ((one, "X"), (two, "M1"), (one, "M2")):
        tied.there.change(path, code=code)

    run = tied.pull()

    assert run.code == 0, run.said
    tied.same()
    assert tied.push().code == 0
    tied.same()


def test_a_renamed_plan_stays_the_same_plan(tied: Two) -> None:
    tied.there.change(tied.there.at("p", "/plans"), code="q")
    tied.there.milestone("M9", "q")
    assert tied.pull().code == 0
    tied.same()


# --- People and organisations -----------------------------------------------------------------------------------------
def test_people_are_made_without_sign_in(tied: Two) -> None:
    person = Person.objects.get(email="owner@example.org")
    assert not person.has_usable_password()
    assert not person.roles


def test_who_is_known_here_stays_as_they_are(two: Two) -> None:
    two.here.post("/people", email="owner@example.org", display_name="名字不同")
    two.here.post("/organisations", code="HBR", name="港城")
    two.there.plan()

    assert two.pull().code == 0
    assert two.push().code == 0

    assert two.here.one("owner@example.org", "/people")["display_name"] == "名字不同"
    assert two.there.one("owner@example.org", "/people")["display_name"] == "owner"
    assert two.here.one("HBR", "/organisations")["name"] == "港城"
    assert two.here.one("M1")["accountable"] == "owner@example.org"


def test_a_token_without_addresses_carries_no_people(two: Two) -> None:
    two.there.plan()
    token = two.other.token("narrow", "read")

    run = two.run("pull", token_file=str(token))

    assert run.code == 0, run.said
    assert two.here.get("/people") == []
    assert two.here.one("M1")["accountable"] is None
    assert two.pull().code == 0  # with addresses now
    two.same()


# --- What is left alone -----------------------------------------------------------------------------------------------
def test_one_plan_alone(two: Two) -> None:
    two.there.plan()
    two.there.post("/plans", code="q", title="另一个", year=2026, starts_on="2026-01-01", ends_on="2026-12-31")

    assert two.pull("--plan", "p").code == 0

    assert [one["code"] for one in two.here.get("/plans")] == ["p"]
    two.there.done("DELETE", two.there.at("q", "/plans"))
    assert two.pull("--plan", "p").code == 0
    assert len(two.here.get("/milestones")) == 2


def test_history_tells_where_it_comes_from(tied: Two) -> None:
    entry = ChangeEntry.objects.filter(entity="milestone").first()
    assert entry is not None
    assert (entry.via, entry.client) == ("import", f"sync 127.0.0.1:{tied.other.port}")


def test_each_object_is_paired_once(tied: Two) -> None:
    tied.push()
    assert SyncPair.objects.filter(entity="milestone").count() == 2


@pytest.mark.parametrize("direction", ["pull", "push"])
def test_many_new_milestones_come_together(two: Two, direction: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one of them is there already, one lies below another, one has moved on."""
    source, target = (two.there, two.here) if direction == "pull" else (two.here, two.there)
    run = two.pull if direction == "pull" else two.push
    source.plan(milestones=3)
    assert run().code == 0
    monkeypatch.setattr("milestones.sync.together.FEW", 2)
    for number in range(4, 12):
        parent = None if number == 4 else "M1" if number % 2 else "M4"
        source.milestone(f"M{number}", accountable="other@example.org", parent=parent)
    target.milestone("M7", weight=5)
    source.move("M5", "start", "submit")
    source.change(source.at("M6"), due={"on": "2027-01-31", "precision": "month"}, reason="情况有变")
    asked: list[str] = []
    ask = Inside.ask if direction == "pull" else Remote.ask
    told = "milestones.api.inside.Inside" if direction == "pull" else "milestones.sync.sides.Remote"

    def noted(side: Any, *given: Any, **more: Any) -> Any:
        asked.append(" ".join(given[:2]))
        return ask(side, *given, **more)

    monkeypatch.setattr(f"{told}.ask", noted)
    ran = run()

    assert ran.code == 1, ran.said
    listed = [line.split(":")[0] for line in ran.said.splitlines() if line.startswith("conflict")]
    assert (listed, "1 objects are to be settled" in ran.said) == (["conflict  milestone p/M7"], True), ran.said
    assert target.one("M7")["weight"] == 5
    assert (asked.count("POST /milestones/batch"), asked.count("POST /milestones")) == (2, 0)
    for code in ("M4", "M5", "M6", "M8"):
        ours, theirs = source.one(code), target.one(code)
        assert [ours[name] for name in COMPARED["milestones"]] == [theirs[name] for name in COMPARED["milestones"]]
    assert {one["code"] for one in target.get("/milestones")} == {f"M{number}" for number in range(1, 12)}
