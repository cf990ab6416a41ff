"""Does a file change what it says and nothing else, and can that be taken back?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.utils import translation

from milestones.actors import Actor
from milestones.errors import Forbidden, StateConflict
from milestones.exchange.imports import operations, undoing
from milestones.exchange.imports.applying import Choice, Overtaken, Undecided
from milestones.models import (
    ChangeEntry,
    ImportBatch,
    ImportRow,
    Milestone,
    OutgoingMail,
    PartyRole,
    Person,
    RowOutcome,
    Via,
)
from milestones.people import operations as people
from milestones.people import privacy
from milestones.planning import operations as planning
from milestones.planning.operations import PartyInput
from tests import cast as casting
from tests.cast import JUNE, NOW, Q3, SYSTEM, Cast, acting
from tests.exchange.excel import Edited, counts, exported, looked_at, office, told, values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path / "var"
    with translation.override("en"):
        yield


@pytest.fixture
def actor(cast: Cast) -> Actor:
    return office(cast.office)


def apply(batch: Any, actor: Actor, **choice: Any) -> None:
    operations.apply(batch, Choice(**choice), actor=actor, now=NOW)


def undo(batch: Any, actor: Actor, **how: Any) -> None:
    operations.undo(batch, actor=actor, now=NOW, **how)


def last_entries(since: int) -> list[tuple[str, str, str]]:
    rows = ChangeEntry.objects.filter(id__gt=since).order_by("id")
    return [(row.verb, row.via, row.reason) for row in rows]


def newest() -> int:
    return ChangeEntry.objects.latest("id").id


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_round_trip_of_the_whole_plan_changes_nothing(db: None, tmp_path: Path, language: str, ending: str) -> None:
    call_command("loaddemo", year=2023, verbosity=0)
    actor = office(Person.objects.filter(grants__role="office").earliest("pk"))
    batch = looked_at(exported(tmp_path, actor, ending=ending, language=language), actor)
    assert counts(batch) == {"unchanged": Milestone.objects.count()} == {"unchanged": 41}
    assert batch.rows.count() == 0
    with pytest.raises(StateConflict):
        apply(batch, actor)


def test_a_preview_tells_each_cell_and_the_import_writes_it(running: Cast, actor: Actor, tmp_path: Path) -> None:
    c = running
    file = Edited(exported(tmp_path, actor))
    file.put(
        "FIN-01", title="西塔封顶", due="2023Q3", reason="材料晚到", parties_supporting="HBR (other@example.org); FTB"
    )
    file.put("FIN-02", accountable=None, kind="活动", weight=3)
    file.add(plan="p-2023", workstream="金融", title="新节点", kind="event", due="上半年", parent="FIN-01")
    batch = looked_at(file.save(), actor)
    assert counts(batch) == {"new": 1, "changed": 2, "unchanged": 1}
    first, second, new = batch.rows.order_by("number")
    assert first.changes["title"] == ["节点 FIN-01", "西塔封顶"]
    assert first.changes["due"] == [
        {"on": "2023-12-31", "precision": "year"},
        {"on": "2023-09-30", "precision": "quarter"},
    ]
    assert second.changes == {"kind": ["construction", "event"], "weight": [1, 3], "accountable": [c.other.email, None]}
    assert (new.status, new.changes["due"]) == ("new", [None, {"on": "2023-06-30", "precision": "half_year"}])

    before = newest()
    apply(batch, actor)
    c.refresh()
    assert (c.roof.title, c.roof.due, c.school.accountable, c.school.weight) == ("西塔封顶", Q3, None, 3)
    assert {(p.role, p.organisation, p.person) for p in c.roof.parties.all()} == {
        (PartyRole.SUPPORTING, c.harbour, c.other),
        (PartyRole.SUPPORTING, c.bureau, None),
    }
    made = Milestone.objects.get(title="新节点")
    assert (made.code, made.parent, made.kind) == ("FIN-04", c.roof, "event")
    verbs = [("milestone.create", Via.IMPORT, ""), ("milestone.edit", Via.IMPORT, "材料晚到")]
    assert last_entries(before) == [*verbs, ("milestone.edit", Via.IMPORT, "")]
    assert c.roof.date_revisions.get().reason == "材料晚到"
    assert OutgoingMail.objects.filter(recipient=c.owner).exists()  # heard of the moved date


def test_undo_puts_every_value_back_by_new_changes(running: Cast, actor: Actor, tmp_path: Path) -> None:
    c = running
    planning.change(c.roof, {}, parties=[PartyInput("responsible", c.harbour)], actor=SYSTEM, now=NOW)
    before = values()
    file = Edited(exported(tmp_path, actor))
    file.put("FIN-01", title="另一个", due="2023-08-01", lead="港城集团", parties_responsible="FTB")
    file.put("FIN-02", criterion="验收", forecast="2023-07", parent="FIN-01", accountable="owner")
    file.add(plan="p-2023", workstream="FIN", code="N-2", title="子", kind="event", due="2023", parent="N-1")
    file.add(plan="p-2023", workstream="FIN", code="N-1", title="父", kind="event", due="2023")
    batch = looked_at(file.save(), actor, reason="调整")
    apply(batch, actor)
    assert values() != before
    since = newest()
    undo(batch, actor)
    cancelled = Milestone.objects.filter(code__in=["N-1", "N-2"])
    assert set(cancelled.values_list("state", flat=True)) == {"cancelled"}  # the plan is active: nothing is deleted
    assert [row for row in values() if row["code"] not in ("N-1", "N-2")] == before
    entries = last_entries(since)
    assert [verb for verb, _via, _reason in entries] == ["milestone.edit"] * 2 + ["milestone.cancel"] * 2
    assert all("export.xlsx" in reason for _verb, _via, reason in entries)
    assert set(batch.rows.values_list("outcome", flat=True)) == {RowOutcome.UNDONE}
    with pytest.raises(StateConflict):
        undo(batch, actor)


def test_in_a_draft_undo_deletes_what_was_made(cast: Cast, actor: Actor, tmp_path: Path) -> None:
    before = values()
    file = Edited(exported(tmp_path, actor)).put("FIN-01", due="2023-11")
    file.add(plan="p-2023", workstream="FIN", code="N-2", title="子", kind="event", due="2023", parent="N-1")
    file.add(plan="p-2023", workstream="FIN", code="N-1", title="父", kind="event", due="2023")
    batch = looked_at(file.save(), actor)
    apply(batch, actor)
    assert Milestone.objects.get(code="N-2").parent == Milestone.objects.get(code="N-1")
    undo(batch, actor)
    assert values() == before


def test_what_was_touched_since_is_told_and_stays(running: Cast, actor: Actor, tmp_path: Path) -> None:
    c = running
    file = Edited(exported(tmp_path, actor)).put("FIN-01", title="一").put("FIN-02", title="二")
    batch = looked_at(file.save(), actor)
    apply(batch, actor)
    c.refresh()
    planning.change(c.roof, {"title": "后来"}, actor=acting(c.colleague), now=NOW)
    with pytest.raises(undoing.Touched) as refusal:
        undo(batch, actor)
    assert refusal.value.labels == ["p-2023/FIN-01 节点 FIN-01"]
    undo(batch, actor, others_only=True)
    c.refresh()
    assert (c.roof.title, c.school.title) == ("后来", "节点 FIN-02")
    assert batch.message
    assert list(batch.rows.order_by("number").values_list("outcome", flat=True)) == ["kept", "undone"]


def test_changed_here_and_in_the_file_is_a_conflict_with_both_values(
    running: Cast, actor: Actor, tmp_path: Path
) -> None:
    c = running
    file = Edited(exported(tmp_path, actor))
    file.put("FIN-01", title="文件里的").put("FIN-03", title="规则")
    file.save()
    for one, title in ((c.roof, "这里的"), (c.school, "只在这里改")):
        planning.change(one, {"title": title, "stage": "封顶"}, actor=acting(c.colleague), now=NOW)
    batch = looked_at(file.file, actor)
    assert counts(batch) == {"changed": 1, "unchanged": 1, "conflicts": 1, "newer": 1}
    conflict = batch.rows.get(status="conflict")
    assert conflict.changes == {"title": ["这里的", "文件里的"]}  # the stage was not touched in the file
    with pytest.raises(Undecided):
        apply(batch, actor)
    apply(batch, actor, take=None)
    c.refresh()
    assert (c.roof.title, c.roof.stage, c.school.title, c.rules.title) == ("文件里的", "封顶", "只在这里改", "规则")
    undo(batch, actor)
    c.refresh()
    assert (c.roof.title, c.rules.title) == ("这里的", "节点 FIN-03")


def test_a_conflict_may_be_left_as_it_stands_here(running: Cast, actor: Actor, tmp_path: Path) -> None:
    c = running
    file = Edited(exported(tmp_path, actor)).put("FIN-01", title="文件里的").put("FIN-02", title="二")
    file.save()
    planning.reschedule(c.roof, JUNE, reason="提前", actor=acting(c.colleague), now=NOW)
    batch = looked_at(file.file, actor)
    apply(batch, actor, keep=True)
    c.refresh()
    assert (c.roof.title, c.roof.due, c.school.title) == ("节点 FIN-01", JUNE, "二")


def test_errors_name_cell_and_rule_and_stop_all_of_it(running: Cast, actor: Actor, tmp_path: Path) -> None:
    c = running
    file = Edited(exported(tmp_path, actor))
    file.put("FIN-01", kind="something", due="someday").put("FIN-02", title="二").put("FIN-03", due="2023-11-30")
    file.add(plan="p-2023", workstream="NONE", title="x", kind="event", due="=TODAY()", lead="XXX")
    file.add(plan="p-2023", workstream="FIN", kind="event", due="2023-06-30")
    file.add(plan="p-2023", workstream="FIN", code="FIN-02", title="again", kind="event", due="2023-06-30")
    batch = looked_at(file.save(), actor)
    assert counts(batch) == {"changed": 1, "errors": 5}
    assert told(batch) == [
        ("H2", "choice"),
        ("L2", "date"),
        ("Y4", "reason_missing"),
        ("L5", "formula"),
        ("F6", "missing"),
        ("D7", "same_key"),
    ]
    before = values()
    with pytest.raises(Undecided):
        apply(batch, actor)
    assert values() == before
    apply(batch, actor, only_sound=True)
    c.refresh()
    assert (c.roof.title, c.school.title) == ("节点 FIN-01", "二")


def test_what_changed_between_look_and_import_stops_it(running: Cast, actor: Actor, tmp_path: Path) -> None:
    c = running
    file = Edited(exported(tmp_path, actor)).put("FIN-01", title="一").put("FIN-02", title="二")
    batch = looked_at(file.save(), actor)
    planning.change(c.roof, {"title": "快"}, actor=acting(c.colleague), now=NOW)
    with pytest.raises(Overtaken):
        apply(batch, actor)
    c.refresh()
    assert c.school.title == "节点 FIN-02"
    assert (batch.state, counts(batch)) == ("ready", {"changed": 1, "unchanged": 1, "errors": 1})


def test_only_the_office_imports(running: Cast, tmp_path: Path) -> None:
    file = exported(tmp_path, office(running.office))
    with pytest.raises(Forbidden):
        looked_at(file, office(running.coordinator))


def test_five_thousand_rows_with_edits_new_ones_and_errors(cast: Cast, actor: Actor, tmp_path: Path) -> None:
    rows = [
        {
            "plan": "p-2023",
            "workstream": "FIN",
            "code": f"M-{n}",
            "title": f"节点 {n}",
            "kind": "event",
            "due": "2023Q3",
        }
        for n in range(5000)
    ]
    apply(looked_at(_written(tmp_path, rows), actor), actor)
    before = values()
    file = exported(tmp_path, actor)
    book = openpyxl.load_workbook(file)
    sheet: Any = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row in range(10, 310):
        sheet.cell(row, places["Title"]).value = f"改 {row}"
    for row in range(1000, 1020):
        sheet.cell(row, places["Kind"]).value = "?"
    for n in range(100):
        for name, value in rows[0].items():
            place = places[{"plan": "Plan", "workstream": "Workstream", "code": "Code"}.get(name, name.title())]
            sheet.cell(5005 + n, place).value = f"N-{n}" if name == "code" else value
    book.save(file)
    batch = looked_at(file, actor)
    assert counts(batch) == {"new": 100, "changed": 300, "unchanged": 5003 - 320, "errors": 20}
    apply(batch, actor, only_sound=True)
    assert Milestone.objects.count() == 5103
    undo(batch, actor)
    assert values() == before


def _written(folder: Path, rows: list[dict[str, str]]) -> Path:
    """With English names of ours as headings, which are known too."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("x")
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    file = folder / "made.xlsx"
    book.save(file)
    return file


def test_a_leaver_leaves_the_rows_of_imports_too(running: Cast, actor: Actor, tmp_path: Path) -> None:
    leaver = casting.person("zhaodayong")
    file = Edited(exported(tmp_path, actor)).put("FIN-01", accountable="zhaodayong").put("FIN-02", title="二")
    apply(looked_at(file.save(), actor), actor)
    planning.hand_over([Milestone.objects.get(pk=running.roof.pk)], running.owner, reason="离职", actor=SYSTEM, now=NOW)
    people.deactivate(leaver, actor=SYSTEM, now=NOW)
    privacy.anonymise(leaver, reason="申请", actor=SYSTEM, now=NOW + timedelta(days=1))
    told = str(list(ImportRow.objects.order_by("number").values_list("values", "changes")))
    assert "zhaodayong" not in told
    assert "二" in told


def test_what_nobody_decided_goes_after_a_month(running: Cast, actor: Actor, tmp_path: Path) -> None:
    kept = looked_at(Edited(exported(tmp_path, actor)).put("FIN-01", title="一").save(), actor)
    apply(kept, actor)
    looked_at(Edited(exported(tmp_path, actor)).put("FIN-01", title="二").save(), actor)
    assert operations.forget(NOW + timedelta(days=31)) == 1
    assert ImportBatch.objects.get() == kept


def test_what_no_file_changes_is_told_where_it_was_edited(running: Cast, actor: Actor, tmp_path: Path) -> None:
    """Not where it moved here since the export, and the health not at all."""
    sheet = Edited(exported(tmp_path, actor))
    file = sheet.put(running.roof.code, state="Completed", baseline="2023-01", health="red").save()
    batch = looked_at(file, actor)
    assert [code for _cell, code in told(batch)] == ["read_only", "read_only"]
    assert "by its steps; put “planned” back" in batch.rows.get().errors[0]["message"]
    planning.change(running.roof, {"stage": "x"}, actor=SYSTEM, now=NOW)
    assert told(looked_at(file, actor)) == []
