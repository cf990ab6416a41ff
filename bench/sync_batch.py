"""How fast do many milestones come in, beside a raw INSERT … ON CONFLICT of the same rows, and one by one?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson

from bench import data, sync_data
from bench.figures import figure, median, ratio, seconds
from bench.served import Connection, served

ROWS = 10_000
AT_A_TIME = 100  # rows of one statement: of 1 to 1,000 the fastest
ONE_BY_ONE = 300
BATCH = "/api/v1/milestones/batch"


def run() -> None:
    with served("write", "people:read") as connection:
        rounds = [_round(connection, number) for number in range(3)]
        figure("sync.create_per_s", ONE_BY_ONE / seconds(lambda: _one_by_one(connection)), "milestones/s")

    def rate(name: str) -> float:
        values = iter([one[name] for one in rounds])
        return ROWS / median(lambda: next(values))

    for what in ("new", "changed"):
        ratio(f"sync.batch_{what}_vs_limit", rate(what), rate(f"limit {what}"), "rows/s")
        ratio(f"sync.batch_{what}_vs_copy", rate(what), rate(f"copy {what}"), "rows/s")
    figure("sync.batch_unchanged_rows_per_s", rate("unchanged"), "rows/s")


def _round(connection: Connection, number: int) -> dict[str, float]:
    """Seconds of each, from an empty table."""
    sync_data.fill(0)
    rows = list(_rows(number))
    changed = [{**row, "title": row["title"] + "(二)", "weight": 3} for row in rows]
    found = {"new": _sent(connection, rows, "created")}
    sync_data.analyse()
    found["unchanged"] = _sent(connection, rows, "unchanged")
    found["changed"] = _sent(connection, changed, "updated")
    for name, write in (("limit", _insert), ("copy", _copy)):
        sync_data.fill(0)
        for what, these in (("new", rows), ("changed", changed)):
            values = _values(these)
            found[f"{name} {what}"] = seconds(lambda write=write, values=values: write(values))  # type: ignore[misc]
            sync_data.analyse()
    return found


def _rows(number: int) -> Iterator[dict[str, Any]]:
    owners, units = data.people(50), _units()
    for n in range(ROWS):
        due = data.DUE_IN_7 + timedelta(days=n % 170)
        yield {
            "ref": {"system": "erp", "id": f"{number}-{n}"},
            "plan": "bench",
            "workstream": "B",
            "code": f"E-{n}",
            "title": f"临港科技城{n}号楼主体结构封顶",
            "title_en": f"Main structure of building {n} topped out",
            "kind": "construction",
            "stage": "封顶",
            "criterion": sync_data.WORDS,
            "accountable": owners[n % 50].email,
            "lead": units[n % len(units)].code,
            "due": {"on": due.isoformat(), "precision": "day"},
        }


def _sent(connection: Connection, rows: list[dict[str, Any]], expected: str) -> float:
    body, answers = orjson.dumps(rows), list[Any]()
    connection.http.close()  # kept for too long: it is opened again
    took = seconds(lambda: answers.append(connection.text("POST", BATCH, body)))
    assert orjson.loads(answers[0])["summary"][expected] == ROWS, answers[0][-200:]
    return took


def _one_by_one(connection: Connection) -> None:
    connection.http.close()
    for row, _number in zip(_rows(9), range(ONE_BY_ONE), strict=False):
        del row["ref"]
        connection.text("POST", "/api/v1/milestones", orjson.dumps({**row, "code": f"S{row['code']}"}))


def _units() -> list[Any]:
    from milestones.models import Organisation

    return list(Organisation.objects.order_by("code"))


# --- The limit: rows of milestones and nothing else, made before the clock starts -------------------------------------
def _values(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    from django.db import connection

    from milestones.models import Milestone

    plan, stream = data.plan()
    owners = {person.email: person.pk for person in data.people(50)}
    units = {unit.code: unit.pk for unit in _units()}
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
