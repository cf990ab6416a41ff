"""What do the figures of sync read: milestones that are led, owned, taken part in and known elsewhere?"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from bench import data
from milestones.models import ExternalRef, Milestone, Organisation, Party, Person, Plan, Workstream

UNITS, OWNERS = 40, 200
WORDS = "Structure topped out, curtain wall closed, fire protection accepted, handed over to the operator. "


def fill(count: int) -> Plan:
    """`count` milestones with two parties and one external reference each; everything of an earlier run goes."""
    empty()
    plan, stream = data.plan()
    owners, units = data.people(OWNERS), _units()
    for start in range(0, count, 10_000):
        rows = [_milestone(n, plan, stream, owners, units) for n in range(start, min(start + 10_000, count))]
        Milestone.objects.bulk_create(rows)
        Party.objects.bulk_create(party for n, row in enumerate(rows) for party in _parties(n, row, owners, units))
        ExternalRef.objects.bulk_create(_ref(n, row) for n, row in enumerate(rows, start))
    analyse()
    return plan


def empty() -> None:
    data.empty()  # on PostgreSQL parties go with their milestones
    Party.objects.all().delete()
    ExternalRef.objects.all().delete()


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _units() -> list[Organisation]:
    times = {"created_at": data.NOW, "updated_at": data.NOW}
    known = list(Organisation.objects.order_by("code"))
    new = [Organisation(code=f"U{n:02}", name=f"第{n}工程单位", **times) for n in range(len(known), UNITS)]
    return known + Organisation.objects.bulk_create(new)


def _milestone(n: int, plan: Plan, stream: Workstream, owners: list[Person], units: list[Organisation]) -> Milestone:
    due = date(2023, 1, 31) + timedelta(days=n % 330)
    return Milestone(
        plan=plan,
        workstream=stream,
        code=f"B-{n}",
        title=f"临港科技城{n}号楼主体结构封顶",
        title_en=f"Main structure of building {n} topped out",
        kind="construction",
        stage="封顶",
        description=WORDS,
        criterion=WORDS,
        accountable=owners[n % len(owners)],
        lead=units[n % len(units)],
        source_start=n,
        source_end=n + 40,
        baseline_on=due,
        baseline_precision="day",
        due_on=due,
        due_precision="day",
        health="green",
        health_reason={"code": "on_track", "params": {"days": n % 90}},
        reminded_since=data.NOW,
        created_at=data.NOW,
        updated_at=data.NOW,
    )


def _parties(n: int, milestone: Milestone, owners: list[Person], units: list[Organisation]) -> list[Party]:
    return [
        Party(milestone=milestone, role="responsible", organisation=units[(n + 1) % len(units)]),
        Party(
            milestone=milestone,
            role="supporting",
            organisation=units[(n + 2) % len(units)],
            person=owners[(n + 3) % len(owners)],
        ),
    ]


def _ref(n: int, milestone: Milestone) -> ExternalRef:
    return ExternalRef(system="dg", entity="milestone", external_id=f"DG-{n}", object_id=milestone.pk)
