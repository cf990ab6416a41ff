"""Does a reader learn what enters its reach and what leaves it, with all that hangs on it, and of nothing else?"""

from __future__ import annotations

from typing import Any

import pytest

from milestones.conversation import comments
from milestones.evidence import operations as evidence
from milestones.models import Milestone, Organisation
from milestones.notices import operations as notices
from milestones.planning import dependencies, lifecycle, operations, plans
from milestones.planning.operations import PartyInput
from milestones.status_reports import operations as reports
from milestones.sync import feed
from tests import cast as casting
from tests.cast import JUNE, LATER, PHOTO, SYSTEM, TODAY, Cast, acting
from tests.sync.replica import Replica, following, reader

HOW: dict[str, Any] = {"actor": SYSTEM, "now": LATER}


def lead(milestone: Milestone, unit: Organisation | None) -> None:
    operations.change(Milestone.objects.get(pk=milestone.pk), {"lead": unit}, **HOW)


def parties(milestone: Milestone, *units: Organisation) -> None:
    given = [PartyInput("supporting", unit) for unit in units]
    operations.change(Milestone.objects.get(pk=milestone.pk), {}, parties=given, **HOW)


def talk(cast: Cast, milestone: Milestone) -> None:
    """One of everything that hangs on a milestone."""
    by: dict[str, Any] = {"actor": acting(cast.office), "now": LATER}
    reports.file(milestone, {"as_of": LATER.date(), "progress": 10, "done": "开工"}, **by)
    evidence.attach_link(milestone, url="https://example.org/a.jpg", title="照片", **by)
    comments.add(milestone, "请看", **by)
    notices.issue(milestone, level="blue", matter="加快", **by)
    dependencies.add(cast.rules, milestone, **by)


def told(replica: Replica) -> list[tuple[str, str]]:
    """(op, entity) of everything new, in the order in which it came."""
    found = []
    more = True
    while more:
        answer = replica.pull()
        found += [(row["op"], row["entity"]) for row in answer["results"]]
        more = answer["has_more"]
    return found


HANGING = ("dependency", "status_report", "evidence", "comment", "notice")


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_milestone_that_gets_another_lead_leaves_with_all_that_hangs_on_it(running: Cast, limit: int) -> None:
    lead(running.rules, running.bureau)
    talk(running, running.roof)
    replica = following("read", organisations=[running.bureau], limit=limit)
    replica.check()
    assert {entity for entity, _id in replica.rows} > set(HANGING)
    lead(running.roof, running.harbour)
    assert told(replica) == [("delete", "milestone"), *[("delete", entity) for entity in HANGING]]
    replica.check()


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_milestone_that_gets_our_unit_as_its_lead_comes_with_all_that_hangs_on_it(running: Cast, limit: int) -> None:
    lead(running.rules, running.harbour)
    talk(running, running.roof)
    replica = following("read", organisations=[running.harbour], limit=limit)
    lead(running.roof, running.harbour)
    assert told(replica) == [("upsert", "milestone"), *[("upsert", entity) for entity in HANGING]]
    replica.check()


def test_taking_part_is_enough_to_see_and_its_end_takes_back(running: Cast) -> None:
    talk(running, running.roof)
    replica = following("read", organisations=[running.harbour])
    parties(running.roof, running.harbour)
    assert ("upsert", "comment") in told(replica)
    replica.check()
    parties(running.roof)
    assert ("delete", "comment") in told(replica)
    replica.check()


def test_who_leads_no_longer_but_takes_part_keeps_everything(running: Cast) -> None:
    talk(running, running.roof)
    parties(running.roof, running.bureau)
    replica = following("read", organisations=[running.bureau])
    lead(running.roof, running.harbour)
    assert not [row for row in told(replica) if row[0] == "delete"]
    replica.check()


def test_there_and_back_between_two_reads(running: Cast) -> None:
    talk(running, running.roof)
    replica = following("read", organisations=[running.bureau], limit=2)
    lead(running.roof, running.harbour)
    comments.add(Milestone.objects.get(pk=running.roof.pk), "走了", actor=acting(running.office), now=LATER)
    lead(running.roof, running.bureau)
    replica.follow()
    replica.check()


def test_back_and_forth_while_it_is_being_read(running: Cast) -> None:
    talk(running, running.roof)
    replica = following("read", organisations=[running.bureau], limit=1)
    for unit in (running.harbour, running.bureau, running.harbour, running.bureau, running.harbour):
        lead(running.roof, unit)
        replica.pull()
    replica.follow()
    replica.check()
    lead(running.roof, running.bureau)
    replica.follow()
    replica.check()


def test_a_tie_is_seen_by_who_sees_both_its_ends(running: Cast) -> None:
    dependencies.add(running.roof, running.school, **HOW)
    replica = following("read", organisations=[running.bureau])
    assert not [key for key in replica.rows if key[0] == "dependency"]
    lead(running.school, running.bureau)
    assert ("upsert", "dependency") in told(replica)
    lead(running.roof, running.harbour)
    assert told(replica) == [("delete", "milestone"), ("delete", "dependency")]
    replica.check()


def test_nothing_is_told_of_what_was_never_in_reach(running: Cast) -> None:
    """A tie to what is in reach neither: whoever sees one end only does not see it."""
    replica = following("read", organisations=[running.bureau])
    tie = dependencies.add(running.roof, running.school, **HOW)
    talk(running, running.school)
    draft = reports.write(
        running.school, {"as_of": LATER.date(), "progress": 5, "done": "x"}, actor=acting(running.other), now=LATER
    )
    assert {entity for _op, entity in told(replica)} <= {"milestone"}  # ours, whose health looks at the tie
    dependencies.remove(tie, **HOW)
    reports.discard(draft, actor=acting(running.other), now=LATER)
    told(replica)
    assert replica.deleted == []


def test_what_is_deleted_within_the_reach_is_told(running: Cast) -> None:
    talk(running, running.roof)
    draft = reports.write(
        running.roof, {"as_of": LATER.date(), "progress": 50, "done": "x"}, actor=acting(running.owner), now=LATER
    )
    replica = following("read", organisations=[running.bureau])
    reports.discard(draft, actor=acting(running.owner), now=LATER)
    assert told(replica) == [("delete", "status_report")]
    replica.check()


def test_a_client_of_some_plans_hears_nothing_of_others(cast: Cast) -> None:
    other = casting.plan("p-2024")
    stream = casting.workstream(other)
    replica = following("write", plans=[cast.plan])
    extra = casting.milestone(other, stream, "X-1", JUNE)
    operations.delete(extra, **HOW)
    plans.delete(other, **HOW)
    assert told(replica) == []
    operations.delete(cast.rules, **HOW)
    assert told(replica) == [("delete", "milestone")]
    replica.check()


# --- Drafts -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_an_activated_plan_comes_whole_to_those_who_see_no_drafts(cast: Cast, limit: int) -> None:
    casting.read(cast.target)
    comments.add(cast.roof, "早就说了", actor=acting(cast.office), now=LATER)
    replica = following("read", limit=limit)
    assert {entity for entity, _id in replica.rows} == {"organisation"}
    cast.activate()
    first, *others = told(replica)
    assert first == ("upsert", "plan")
    assert {entity for _op, entity in others} == {"workstream", "milestone", "target", "reading", "comment"}
    replica.check()


def test_an_activated_plan_comes_to_a_client_of_one_unit_with_what_is_its(cast: Cast) -> None:
    replica = following("read", organisations=[cast.bureau], limit=2)
    cast.activate()
    replica.follow()
    replica.check()
    assert [data["code"] for (entity, _id), data in replica.rows.items() if entity == "milestone"] == ["FIN-01"]


def test_a_writer_learns_of_a_deletion_in_a_draft_and_a_reader_does_not(cast: Cast) -> None:
    writer, other = following("write"), following("read")
    operations.delete(cast.rules, **HOW)
    assert told(writer) == [("delete", "milestone")]
    assert told(other) == []
    cast.roof.refresh_from_db()
    plans.activate(cast.plan, **HOW)
    told(other)
    assert other.deleted == []
    other.check()


def test_a_draft_that_is_deleted_whole_is_nobodys_business_but_the_writers(cast: Cast) -> None:
    writer, other = following("write"), following("read")
    plans.delete(cast.plan, **HOW)
    assert {entity for _op, entity in told(writer)} == {"plan", "workstream", "milestone", "target"}
    writer.check()
    assert told(other) == []


def test_a_client_of_one_unit_may_write_and_hears_of_deletions_in_its_own_drafts_only(cast: Cast) -> None:
    ours, theirs = (following("write", organisations=[unit]) for unit in (cast.bureau, cast.harbour))
    operations.delete(cast.roof, **HOW)
    assert (told(ours), told(theirs)) == ([("delete", "milestone")], [])
    ours.check()


def test_one_kind_of_object_enters_and_leaves_too(running: Cast) -> None:
    """The entries that bring it are of another kind."""
    talk(running, running.roof)
    who = reader("read", organisations=[running.bureau])
    page = feed.page(who, now=LATER, limit=100, only="comment")
    assert [row.entity for row in page.rows] == ["comment"]
    lead(running.roof, running.harbour)
    page = feed.page(who, now=LATER, limit=100, cursor=page.cursor)
    assert [(row.entity, row.data) for row in page.rows] == [("comment", None)]
    lead(running.roof, running.bureau)
    page = feed.page(who, now=LATER, limit=100, cursor=page.cursor)
    assert [(row.entity, bool(row.data)) for row in page.rows] == [("comment", True)]


def test_rows_that_come_as_a_consequence_are_nobodys_echo(running: Cast) -> None:
    """A client that leaves out what it did itself still gets what came into view by it."""
    talk(running, running.roof)
    both = reader("write", name="erp", organisations=[running.bureau, running.harbour]).actor
    parties(running.roof, running.harbour)
    mine = following("write", name="erp", organisations=[running.harbour], limit=100)
    roof = Milestone.objects.get(pk=running.roof.pk)
    operations.change(roof, {"lead": running.harbour}, parties=[], actor=both, now=LATER)
    operations.change(roof, {"lead": running.bureau}, actor=both, now=LATER)
    page = mine.pull()
    assert [row["origin"]["client"] for row in page["results"]] == ["erp"]
    assert {row["origin"]["client"] for row in mine.pull()["results"]} == {None}


def test_a_submission_and_its_proof_come_together(running: Cast) -> None:
    replica = following("read", organisations=[running.bureau])
    roof = Milestone.objects.get(pk=running.roof.pk)
    how: Any = {"actual": TODAY, "statement": "主体结构已封顶", "evidence": [PHOTO]}
    lifecycle.submit(roof, **how, actor=acting(running.owner), now=LATER)
    assert sorted(set(told(replica))) == [("upsert", "evidence"), ("upsert", "milestone")]
    replica.check()
