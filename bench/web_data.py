"""What do the pages show when their speed is measured? Plans as they look in their eighth month, of any size."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from bench import data
from milestones.models import (
    ChangeEntry,
    Milestone,
    Organisation,
    Person,
    Plan,
    Reading,
    RoleGrant,
    StatusReport,
    Target,
    Workstream,
)

NOW = datetime.now(UTC)  # the server reads the real clock: everything lies around today
FIRST = NOW.date().replace(day=1) - timedelta(days=240)
STREAMS, UNITS, OWNERS, TARGETS = 7, 40, 200, 18
PASSED = 240  # days of the plan that are over
TIMES: dict[str, Any] = {"created_at": NOW - timedelta(days=250), "updated_at": NOW}


def fill(code: str, count: int) -> Plan:
    """An active plan of `count` milestones with reports on what is worked at, targets and a history."""
    plan, streams = _plan(code)
    units = _units()
    owners = _people(units)
    _milestones(plan, streams, owners, units, count)
    _reports(plan, owners[0])
    _targets(plan, streams, units)
    change(plan, times=50)
    return plan


def close() -> None:
    """What an earlier fill left: its milestones are nobody's work any more."""
    Plan.objects.filter(state="active").update(state="closed", closed_at=NOW)


def change(plan: Plan, times: int = 1) -> None:
    """Something of the plan changes, as far as its history tells."""
    ids = list(plan.milestones.values_list("pk", flat=True)[:times])
    ChangeEntry.objects.bulk_create(
        ChangeEntry(
            entity="milestone", object_id=pk, op="update", version=2, verb="milestone.forecast", plan_id=plan.pk,
            at=NOW, changes={"description": ["旧", "新"]}, actor_label="金贸处 owner", via="web",
        )
        for pk in ids
    )  # fmt: skip


def _plan(code: str) -> tuple[Plan, list[Workstream]]:
    values = {
        "title": f"年度工作要点 {code}",
        "starts_on": FIRST,
        "ends_on": FIRST + timedelta(days=364),
        "state": "active",
    }
    plan = Plan.objects.create(
        code=code,
        year=NOW.year,
        activated_at=TIMES["created_at"],
        **values,
        **TIMES,
    )
    new = [Workstream(plan=plan, code=f"W{n}", title=f"工作领域{n}", position=n, **TIMES) for n in range(STREAMS)]
    return plan, Workstream.objects.bulk_create(new)


def _people(units: list[Organisation]) -> list[Person]:
    """All own milestones; the first coordinates the first unit, and `office@example.org` is of the office."""
    found = data.people(OWNERS)
    if not RoleGrant.objects.exists():
        RoleGrant.objects.bulk_create(RoleGrant(person=one, role="owner", granted_at=NOW) for one in found)
        Person.objects.filter(pk=found[0].pk).update(organisation=units[0])
        RoleGrant.objects.create(person=found[0], role="coordinator", granted_at=NOW)
        office = Person(display_name="督查室", email="office@example.org", **TIMES)
        office.save(force_insert=True)
        RoleGrant.objects.create(person=office, role="office", granted_at=NOW)
    return found


def _units() -> list[Organisation]:
    known = list(Organisation.objects.order_by("code"))
    new = [Organisation(code=f"U{n:02}", name=f"第{n}工程单位", **TIMES) for n in range(len(known), UNITS)]
    return known + Organisation.objects.bulk_create(new)


def _milestones(plan: Plan, streams: list[Any], owners: list[Any], units: list[Any], count: int) -> None:
    """One INSERT … SELECT. Of what is past due most is done; of the rest some is late, at risk or without an owner."""
    template = Milestone(plan=plan, kind="construction", stage="封顶", reminded_since=NOW, **TIMES)
    fixed = [f for f in Milestone._meta.concrete_fields if f.attname not in _COMPUTED]
    values = [f.get_db_prep_save(getattr(template, f.attname), connection) for f in fixed]
    columns = ", ".join([*_COMPUTED, *(f.attname for f in fixed)])
    marks = ", ".join(f"%s{_cast(f)}" for f in fixed)
    with connection.cursor() as cursor:
        for name, rows in (("owner", owners), ("stream", streams), ("unit", units)):
            _table(cursor, name, [row.pk for row in rows])
        cursor.execute(
            f"INSERT INTO milestones_milestone ({columns}) "
            f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}), "
            f"r AS (SELECT i, (i * 7919) %% 100 AS h, (i * 131) %% 365 AS d FROM n), "
            f"s AS (SELECT i, h, d, {_STATE} AS st FROM r) SELECT {', '.join(_expressions())}, {marks} FROM s",
            values,
        )


_STATE = (
    f"CASE WHEN h >= 97 THEN 'cancelled' WHEN d < {PASSED} AND h < 80 THEN 'completed' WHEN d < {PASSED} AND h < 83 "
    f"THEN 'submitted' WHEN d >= {PASSED} AND h < 5 THEN 'completed' WHEN h < 70 THEN 'in_progress' ELSE 'planned' END"
)
_HEALTH = (
    f"CASE WHEN st = 'cancelled' THEN NULL WHEN st = 'completed' AND h < 6 AND d < {PASSED} THEN 'made_up' "
    f"WHEN st = 'completed' THEN 'done' WHEN st = 'submitted' THEN 'green' WHEN d < {PASSED} THEN 'red' "
    f"WHEN h < 14 THEN 'red' WHEN h < 30 THEN 'yellow' ELSE 'green' END"
)
_COMPUTED = (
    "id code title workstream_id accountable_id lead_id weight state health health_reason baseline_on"
    " baseline_precision due_on due_precision forecast_on forecast_precision actual_on actual_precision"
    " statement submitted_at verified_at find"
).split()


def _expressions() -> list[str]:
    new_id = "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    ends = "st IN ('completed', 'submitted')"
    moved = "CASE WHEN h IN (7, 21, 44) THEN d - 20 ELSE d END"
    late = f"h < 14 AND d >= {PASSED} AND NOT {ends}"
    instant = connection.ops.adapt_datetimefield_value(NOW)
    since = f"'{instant}'" + ("::timestamptz" if connection.vendor == "postgresql" else "")
    reason = """'{"code": "on_track", "params": {}}'""" + ("::jsonb" if connection.vendor == "postgresql" else "")
    return [
        new_id,
        "'B-' || i",
        "'临港科技城' || i || '号楼主体结构封顶'",
        f"(SELECT id FROM bench_stream WHERE n = i %% {STREAMS})",
        f"CASE WHEN h = 50 THEN NULL ELSE (SELECT id FROM bench_owner WHERE n = i %% {OWNERS}) END",
        f"(SELECT id FROM bench_unit WHERE n = i %% {UNITS})",
        "1 + i %% 3",
        "st",
        _HEALTH,
        f"CASE WHEN st = 'cancelled' THEN NULL ELSE {reason} END",
        _day(moved),
        "'day'",
        _day("d"),
        "'day'",
        f"CASE WHEN {late} THEN {_day('d + 30')} END",
        f"CASE WHEN {late} THEN 'day' END",
        f"CASE WHEN {ends} THEN {_day(f'CASE WHEN d < {PASSED} AND h < 6 THEN d + 9 ELSE d - h %% 7 END')} END",
        f"CASE WHEN {ends} THEN 'day' END",
        f"CASE WHEN {ends} THEN '主体结构封顶' ELSE '' END",
        f"CASE WHEN {ends} THEN {since} END",
        f"CASE WHEN st = 'completed' THEN {since} END",
        "'b-' || i || ' 临港科技城' || i || '号楼主体结构封顶 lgkjcjgfd'",
    ]


def _day(days: str) -> str:
    if connection.vendor == "postgresql":
        return f"(date '{FIRST}' + ({days})::int)"
    return f"date('{FIRST}', ({days}) || ' days')"


def _reports(plan: Plan, author: Person) -> None:
    """Two on each milestone that is worked at."""
    new_id = "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    template = StatusReport(
        author=author, done="三层以下完成", state="accepted", submitted_at=NOW, decided_at=NOW, **TIMES
    )
    computed = ("id", "milestone_id", "as_of", "progress")
    fixed = [f for f in StatusReport._meta.concrete_fields if f.attname not in computed]
    columns = ", ".join([*computed, *(f.attname for f in fixed)])
    marks = ", ".join(f"%s{_cast(f)}" for f in fixed)
    values = [f.get_db_prep_save(getattr(template, f.attname), connection) for f in fixed]
    pk = Plan._meta.pk.get_db_prep_save(plan.pk, connection)
    with connection.cursor() as cursor:
        for days, progress in ((60, 20), (20, 55)):
            day = (
                f"date '{NOW.date() - timedelta(days=days)}'"
                if connection.vendor == "postgresql"
                else f"'{NOW.date() - timedelta(days=days)}'"
            )
            cursor.execute(
                f"INSERT INTO milestones_statusreport ({columns}) SELECT {new_id}, id, {day}, {progress} + weight, "
                f"{marks} FROM milestones_milestone WHERE plan_id = %s AND state = 'in_progress'",
                [*values, pk],
            )
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _targets(plan: Plan, streams: list[Workstream], units: list[Organisation]) -> None:
    new = [
        Target(
            plan=plan, workstream=streams[n % STREAMS], code=f"T{n}", name=f"指标{n}增长", unit="%",
            measure="flow_growth", value=Decimal(20), lead=units[n], **TIMES,
        )
        for n in range(TARGETS)
    ]  # fmt: skip
    Target.objects.bulk_create(new)
    Reading.objects.bulk_create(
        Reading(target=one, as_of=NOW.date() - timedelta(days=30 * m), value=Decimal(12 + m), source="月报", **TIMES)
        for one in new
        for m in range(1, 7)
    )


def _cast(field: Any) -> str:
    return f"::{field.db_type(connection).split('(')[0]}" if connection.vendor == "postgresql" else ""


def _table(cursor: Any, name: str, ids: list[Any]) -> None:
    kind = "uuid" if connection.vendor == "postgresql" else "char(32)"
    cursor.execute(f"DROP TABLE IF EXISTS bench_{name}")
    cursor.execute(f"CREATE TABLE bench_{name} (n integer PRIMARY KEY, id {kind})")
    pk = Person._meta.pk
    rows = [[n, pk.get_db_prep_save(one, connection)] for n, one in enumerate(ids)]
    cursor.executemany(f"INSERT INTO bench_{name} VALUES (%s, %s)", rows)
