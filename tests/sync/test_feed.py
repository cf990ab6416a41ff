"""Does a reader get the present state, then everything that happens, each change in its order?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from milestones.changes.publish import publish_all
from milestones.models import Milestone
from milestones.people import delegations
from milestones.planning import dependencies, operations, plans
from milestones.sync import feed
from milestones.sync.reader import NoFollower, Reader
from tests import cast as casting
from tests.cast import LATER, NOW, SYSTEM, Cast, acting
from tests.sync.replica import Replica, following, reader, seen_by


def test_without_a_cursor_comes_the_present_state_in_an_order_in_which_references_resolve(running: Cast) -> None:
    publish_all()
    replica = Replica(reader("write", "people:read"), limit=1000)
    answer = replica.pull()
    entities = [row["entity"] for row in answer["results"]]
    assert entities == sorted(
        entities, key=["organisation", "person", "plan", "workstream", "milestone", "target"].index
    )
    assert {row["seq"] for row in answer["results"]} == {replica.seq}
    assert {tuple(row["origin"].items()) for row in answer["results"]} == {(("client", None), ("via", "system"))}
    assert not answer["has_more"]
    replica.check()


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 1000])
def test_the_present_state_comes_in_pages_of_any_size(running: Cast, limit: int) -> None:
    replica = following("write", "people:read", limit=limit)
    replica.check()
    assert replica.told == len(replica.rows)


def test_afterwards_come_the_changes_as_the_objects_are_now(running: Cast) -> None:
    replica = following("read")
    before = replica.seq
    operations.change(running.roof, {"title": "一"}, actor=SYSTEM, now=LATER)
    operations.change(running.roof, {"title": "二"}, actor=SYSTEM, now=LATER)
    operations.change(running.school, {"title": "三"}, actor=acting(running.office), now=LATER)
    answer = replica.pull()
    assert [(row["entity"], row["seq"], row["data"]["title"]) for row in answer["results"]] == [
        ("milestone", before + 2, "二"),
        ("milestone", before + 3, "三"),
    ]
    assert answer["results"][1]["origin"] == {"client": None, "via": "web"}
    assert answer["results"][1]["changed_at"] == answer["results"][1]["data"]["updated_at"]
    assert not answer["has_more"]
    replica.check()


def test_nothing_new_is_an_answer_too_with_a_cursor_to_go_on_from(running: Cast) -> None:
    replica = following("read")
    answer = replica.pull()
    assert (answer["results"], answer["has_more"]) == ([], False)
    operations.change(running.roof, {"title": "一"}, actor=SYSTEM, now=LATER)
    assert len(replica.pull()["results"]) == 1


def test_a_deletion_is_told(running: Cast) -> None:
    tie = dependencies.add(running.roof, running.school, actor=SYSTEM, now=LATER)
    replica, pk = following("read"), str(tie.pk)
    dependencies.remove(tie, actor=SYSTEM, now=LATER)
    (row,) = replica.pull()["results"]
    assert (row["op"], row["entity"], row["id"], row["version"]) == ("delete", "dependency", pk, 2)
    replica.check()


def test_what_came_and_went_between_two_reads_is_told_as_gone(running: Cast) -> None:
    replica = following("read")
    tie = dependencies.add(running.roof, running.school, actor=SYSTEM, now=LATER)
    dependencies.remove(tie, actor=SYSTEM, now=LATER)
    told = [row for row in replica.pull()["results"] if row["entity"] == "dependency"]
    assert [(row["op"], row["version"]) for row in told] == [("delete", 2)]


def test_the_present_state_of_what_changes_meanwhile_is_whole_in_the_end(cast: Cast) -> None:
    """Before and behind the crawl: something new, something changed, something deleted."""
    replica = Replica(reader("write"), limit=1)
    for step in range(12):
        replica.pull()
        code = f"N-{step}"
        casting.milestone(cast.plan, cast.stream, code)
        operations.change(cast.roof, {"title": f"改{step}"}, actor=SYSTEM, now=LATER)
        if step % 3 == 2:
            doomed = Milestone.objects.get(code=f"N-{step - 1}")
            operations.delete(doomed, actor=SYSTEM, now=LATER)
    replica.follow()
    replica.check()


def test_a_row_is_its_readers_echo_only_when_nobody_else_had_a_part_in_it(running: Cast) -> None:
    mine, other = reader("write", name="erp").actor, reader("write", name="other").actor
    replica = following("write", name="erp")
    operations.change(running.roof, {"title": "我"}, actor=mine, now=LATER)
    operations.change(running.school, {"title": "他"}, actor=other, now=LATER)
    operations.change(running.school, {"title": "我"}, actor=mine, now=LATER)
    origins = {row["data"]["code"]: row["origin"] for row in replica.pull()["results"]}
    assert origins == {
        "FIN-01": {"client": "erp", "via": "api"},
        "FIN-02": {"client": "other", "via": "api"},
    }


def test_a_reader_may_follow_one_kind_of_object(running: Cast) -> None:
    page = feed.page(reader("read"), now=LATER, limit=100, only="milestone")
    assert {row.entity for row in page.rows} == {"milestone"}
    operations.change(running.roof, {"title": "一"}, actor=SYSTEM, now=LATER)
    plans.edit_workstream(running.stream, {"title": "新"}, actor=SYSTEM, now=LATER)
    page = feed.page(reader("read"), now=LATER, limit=100, cursor=page.cursor)
    assert [row.entity for row in page.rows] == ["milestone"]


def test_a_page_of_nothing_but_what_does_not_concern_the_reader_still_goes_on(running: Cast) -> None:
    other = casting.plan("p-2024")
    stream = casting.workstream(other)
    replica = following("write", plans=[running.plan], limit=3)
    for number in range(20):
        casting.milestone(other, stream, f"X-{number}")
    operations.change(running.roof, {"title": "一"}, actor=SYSTEM, now=LATER)
    assert [row["data"]["title"] for row in replica.pull()["results"]] == ["一"]
    assert replica.pull()["results"] == []


def test_what_has_no_shape_is_passed_over(running: Cast) -> None:
    replica = following("write", "people:read")
    month: Any = {"starts_on": date(2023, 2, 1), "ends_on": date(2023, 3, 1)}
    delegations.create(running.owner, running.other, **month, actor=SYSTEM, now=NOW)
    answer = replica.pull()
    assert (answer["results"], answer["has_more"]) == ([], False)


def test_people_are_told_to_those_who_may_see_them_only(running: Cast) -> None:
    replica = following("read")
    assert not [key for key in replica.rows if key[0] == "person"]
    casting.person("newcomer", "viewer")
    assert replica.pull()["results"] == []
    replica.check()


def test_the_office_follows_as_a_client_does_and_other_people_do_not(running: Cast) -> None:
    office = Reader(acting(running.office), f"person:{running.office.pk}", people=True)
    replica = Replica(office).follow()
    replica.check()
    assert ("plan", str(running.plan.pk)) in replica.rows
    for person in (running.leader, running.coordinator, running.owner, running.viewer):
        with pytest.raises(NoFollower):
            Reader(acting(person), f"person:{person.pk}")


def test_a_long_absence_is_made_up_for_page_by_page(running: Cast) -> None:
    replica = following("read", limit=5)
    for number in range(13):
        casting.milestone(running.plan, running.stream, f"L-{number}")
    replica.now = LATER + timedelta(days=80)
    pages = 0
    while replica.pull()["has_more"]:
        pages += 1
    assert pages == 2
    assert len(seen_by(replica.reader)) == len(replica.rows)
    replica.check()


def test_an_empty_installation_has_a_feed(db: None) -> None:
    answer = Replica(reader("read")).pull()
    assert (answer["results"], answer["has_more"]) == ([], False)
