"""How long does a whole list of milestones take over HTTP, beside `.values()` and orjson without it?"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson

from bench import sync_data
from bench.figures import beside, figure, median, seconds
from bench.served import Connection, served

COUNT, PAGE, TIMES = 10_000, 1000, 5


def run() -> None:
    sync_data.fill(COUNT)
    with served("read", "people:read") as connection:
        _check(connection)
        took = median(lambda: seconds(lambda: _pages(connection)), TIMES)
    limit = median(lambda: seconds(_limit), TIMES)
    figure("sync.list_10k_s", took, "s")
    figure("sync.shapes_10k_s", median(lambda: seconds(_shapes), TIMES), "s")
    beside("sync.list", COUNT / took, COUNT / limit)


def _pages(connection: Connection) -> int:
    """Every page by its predecessor's `next`; how many there were."""
    path, count = f"/api/v1/milestones?limit={PAGE}", 0
    while path:
        text = connection.text("GET", path)
        path = orjson.loads(text[text.rindex(b'"next":') + 7 : -1]) or ""  # the rows are the reader's to make sense of
        count += 1
    return count


def _check(connection: Connection) -> None:
    """Both sides tell the same of the same rows; this warms them too."""
    ours = connection.get(f"/api/v1/milestones?limit={PAGE}")["results"]
    theirs = orjson.loads(_page(None)[0])
    assert {row["id"]: _sorted(row) for row in ours} == {row["id"]: _sorted(row) for row in theirs}
    assert _pages(connection) == COUNT // PAGE


def _sorted(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "parties": sorted(row["parties"], key=lambda one: one["role"])}


def _shapes() -> None:
    """What of it is making the JSON, without HTTP."""
    from milestones.models import Milestone
    from milestones.shapes import SHAPES, Reader

    last, rows = None, Milestone.objects.order_by("pk")
    while True:
        page = rows.filter(pk__gt=last)[:PAGE] if last else rows[:PAGE]
        found = list(SHAPES["milestone"].rows(page, Reader(people=True), "pk"))
        if len(found) < PAGE:
            return
        last = found[-1][0]


# --- The limit: the same shape from .values() and orjson, as fast as plain Python can be ------------------------------
COLUMNS = (
    "id version plan__code plan_id workstream__code workstream_id code title title_en kind stage description criterion"
    " weight state health health_reason accountable__email accountable_id lead__code lead_id baseline_on"
    " baseline_precision due_on due_precision forecast_on forecast_precision actual_on actual_precision parent__code"
    " parent_id source_start source_end statement submitted_by__email submitted_by_id submitted_client submitted_at"
    " verified_by__email verified_by_id verified_client verified_at carried_from__code carried_from__plan__code"
    " carried_from_id created_at updated_at"
).split()
RENAMED = {
    "accountable__email": "accountable",
    "submitted_by__email": "submitted_by",
    "verified_by__email": "verified_by",
    **{f"{name}__code": name for name in ("plan", "workstream", "lead", "parent")},
}


def _limit() -> None:
    last = None
    while True:
        _text, last, count = _page(last)
        if count < PAGE:
            return


def _page(after: Any) -> tuple[bytes, Any, int]:
    from milestones.models import ExternalRef, Milestone, Party

    rows = Milestone.objects.order_by("pk")
    found = list((rows.filter(pk__gt=after) if after else rows).values(*COLUMNS)[:PAGE])
    ids = [row["id"] for row in found]
    parties, refs = defaultdict(list), defaultdict(list)
    whose = ("milestone_id", "role", "organisation__code", "organisation_id", "person__email", "person_id")
    for row in Party.objects.order_by("role", "organisation__code").filter(milestone__id__any_of=ids).values(*whose):
        row["organisation"], row["person"] = row.pop("organisation__code"), row.pop("person__email")
        parties[row.pop("milestone_id")].append(row)
    known = ExternalRef.objects.filter(entity="milestone", object_id__any_of=ids).order_by("system", "external_id")
    for object_id, system, external_id in known.values_list("object_id", "system", "external_id"):
        refs[object_id].append({"system": system, "id": external_id})
    told = [_told(row, parties[row["id"]], refs[row["id"]]) for row in found]
    return orjson.dumps(told), ids[-1] if ids else None, len(found)


def _told(row: dict[str, Any], parties: list[Any], refs: list[Any]) -> dict[str, Any]:
    for column, name in RENAMED.items():
        row[name] = row.pop(column)
    for name in ("baseline", "due", "forecast", "actual"):
        on, precision = row.pop(f"{name}_on"), row.pop(f"{name}_precision")
        row[name] = on and {"on": on, "precision": precision}
    start, end = row.pop("source_start"), row.pop("source_end")
    row["source_span"] = None if start is None else [start, end]
    code, plan = row.pop("carried_from__code"), row.pop("carried_from__plan__code")
    row["carried_from"] = code and f"{plan}/{code}"
    row["parties"], row["external_refs"] = parties, refs
    return row
