"""How fast do many milestones come in, beside a raw INSERT … ON CONFLICT of the same rows, and one by one?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench import data, sync_data
from bench.figures import figure, median, ratio, seconds

ROWS = 10_000
AT_A_TIME = 100  # rows of one statement: of 1 to 1,000 the fastest
ONE_BY_ONE = 300


def run() -> None:
    """After `sync_data`: the database is migrated, Django is set up."""
    api = _api()
    rounds = [_round(api, n) for n in range(3)]

    def rate(name: str) -> float:
        values = iter([one[name] for one in rounds])
        return ROWS / median(lambda: next(values))

    for what in ("new", "changed"):
        ratio(f"sync.batch_{what}_vs_limit", rate(what), rate(f"limit {what}"), "rows/s")
        ratio(f"sync.batch_{what}_vs_copy", rate(what), rate(f"copy {what}"), "rows/s")
    figure("sync.batch_unchanged_rows_per_s", rate("unchanged"), "rows/s")
    figure("sync.create_per_s", ONE_BY_ONE / seconds(lambda: _one_by_one(api)), "milestones/s")


def _api() -> Any:
    """Another system, over Django's own test client: all of the way but the socket."""
    from milestones.models import ApiClient
    from tests.api.http import new_client

    ApiClient.objects.filter(name="bench").delete()
    return new_client("write", "people:read", name="bench", rate="1000000/s")


def _round(api: Any, number: int) -> dict[str, float]:
    """Seconds of each, from an empty table."""
    sync_data.empty()
    data.plan()
    rows = list(_rows(number))
    changed = [{**row, "title": row["title"] + "(二)", "weight": 3} for row in rows]
    found = {"new": _sent(api, rows, "created")}
    sync_data.analyse()
    found["unchanged"] = min(_sent(api, rows, "unchanged") for _ in range(2))
    found["changed"] = _sent(api, changed, "updated")
    for name, write in (("limit", _insert), ("copy", _copy)):
        sync_data.empty()
        values = _values(rows)
        found[f"{name} new"] = seconds(lambda: write(values))
        sync_data.analyse()
        values = _values(changed)
        found[f"{name} changed"] = seconds(lambda: write(values))
    return found


def _rows(number: int) -> Iterator[dict[str, Any]]:
    owners, units = data.people(50), sync_data.units()
    for n in range(ROWS):
        due = data.DUE_IN_7 + timedelta(days=n % 170)
        yield {
            "ref": {"system": "erp", "id": f"{number}-{n}"},
            **{"plan": "bench", "workstream": "B", "code": f"E-{n}", "kind": "construction", "stage": "封顶"},
            **{"title": f"临港科技城{n}号楼主体结构封顶", "title_en": f"Main structure of building {n} topped out"},
            **{"accountable": owners[n % 50].email, "lead": units[n % len(units)].code, "criterion": sync_data.WORDS},
            "due": {"on": due.isoformat(), "precision": "day"},
        }


def _sent(api: Any, rows: list[dict[str, Any]], expected: str) -> float:
    body = json.dumps(rows, ensure_ascii=False).encode()
    answers: list[Any] = []
    took = seconds(lambda: answers.append(api.raw("POST", "/milestones/batch", body)))
    assert answers[0].json()["summary"][expected] == ROWS, answers[0].json()["summary"]
    return took


def _one_by_one(api: Any) -> None:
    for row in _rows(0):
        if row["code"] == f"E-{ONE_BY_ONE}":
            return
        del row["ref"]
        answer = api.post("/milestones", {**row, "code": f"S{row['code']}"})
        assert answer.status_code == 201, answer.json()


# --- The limit: rows of milestones and nothing else, made before the clock starts -------------------------------------
def _values(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    from django.db import connection

    from milestones.models import Milestone

    plan, stream = data.plan()
    owners = {person.email: person.pk for person in data.people(50)}
    units = {unit.code: unit.pk for unit in sync_data.units()}
    fields = Milestone._meta.concrete_fields
    found = []
    for row in rows:
        named = {name: row[name] for name in ("code", "kind", "stage", "title", "title_en", "criterion")}
        dates = {f"{which}_{half}": row["due"][half] for which in ("baseline", "due") for half in ("on", "precision")}
        who = {"accountable_id": owners[row["accountable"]], "lead_id": units[row["lead"]]}
        times = {"reminded_since": data.NOW, "created_at": data.NOW, "updated_at": data.NOW}
        health = {"health": "green", "health_reason": {"code": "on_track", "params": {}}}
        one = Milestone(
            plan=plan, workstream=stream, weight=row.get("weight", 1), **named, **dates, **who, **times, **health
        )
        found.append(tuple(field.get_db_prep_save(getattr(one, field.attname), connection) for field in fields))
    return found


def _insert(rows: list[tuple[Any, ...]]) -> None:
    """The fastest way of plain statements: many rows in each."""
    from django.db import connection, transaction

    columns, tail = _words()
    marks = f"({', '.join(['%s'] * len(columns))})"
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(rows), AT_A_TIME):
            some = rows[start : start + AT_A_TIME]
            values = ", ".join([marks] * len(some))
            sql = f"INSERT INTO milestones_milestone ({', '.join(columns)}) VALUES {values} {tail}"
            cursor.execute(sql, [value for row in some for value in row])


def _copy(rows: list[tuple[Any, ...]]) -> None:
    """COPY into a temporary table, and one INSERT … SELECT … ON CONFLICT; on SQLite one statement for all rows."""
    from django.db import connection, transaction

    columns, tail = _words()
    names = ", ".join(columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO milestones_milestone ({names}) VALUES ({marks}) {tail}", rows)
            return
        cursor.execute("CREATE TEMPORARY TABLE limit_rows (LIKE milestones_milestone) ON COMMIT DROP")
        with cursor.copy(f"COPY limit_rows ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO milestones_milestone ({names}) SELECT {names} FROM limit_rows WHERE true {tail}")


def _words() -> tuple[list[str], str]:
    from milestones.models import Milestone

    columns = [field.column for field in Milestone._meta.concrete_fields]
    kept = {"id", "plan_id", "code", "created_at"}
    assigned = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in kept)
    return columns, f"ON CONFLICT (plan_id, code) DO UPDATE SET {assigned}"
