"""Which rows have a shape to be looked at? Of every noun one with everything set and one with as little as may be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from milestones.models import (
    ApiClient,
    Comment,
    Dependency,
    Evidence,
    Extension,
    ExternalRef,
    Milestone,
    Notice,
    Organisation,
    Party,
    Reading,
    Reminder,
    ReminderStep,
    StatusReport,
    Target,
    WebhookEndpoint,
    Workstream,
)
from tests.cast import Cast, plan

AT = datetime(2023, 5, 6, 7, 8, 9, tzinfo=UTC)
EXACTLY = AT.replace(microsecond=120_000)  # neither six digits nor none
TIMES = {"created_at": AT, "updated_at": EXACTLY}
ODD = 'a "quoted" back\\slash \t\n\r\x01\x1f\x7f </script> & \u2028\u2029 临港 😀 \ufeff é e\u0301 {} %s %% :x $1 ?'
HASH = "ab" * 32


def furnish(cast: Cast) -> None:
    """The cast's plan, running, with everything about it."""
    _plans(cast)
    _milestones(cast)
    _targets(cast)
    _about(cast)
    _decided(cast)
    _beside(cast)


def refer(entity: str, obj: Any, *names: tuple[str, str]) -> None:
    for system, external_id in names:
        ExternalRef.objects.create(system=system, entity=entity, external_id=external_id, object_id=obj.pk)


def _plans(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.bureau.pk).update(
        name=ODD, head=cast.leader, supervising_leader=cast.leader, coordinator=cast.coordinator, parent=cast.harbour
    )
    Organisation.objects.filter(pk=cast.harbour.pk).update(is_active=False)
    Workstream.objects.create(plan=cast.plan, code="GOV", title=ODD, position=7, lead=cast.bureau, **TIMES)
    refer("organisation", cast.bureau, ("oa", "7"), ("hr", '"7"'))
    refer("plan", cast.plan, ("oa", "p"))
    refer("person", cast.owner, ("hr", "1"))


def _milestones(cast: Cast) -> None:
    earlier = plan("p-2022", year=2022, starts_on=date(2022, 1, 1), ends_on=date(2022, 12, 31))
    stream = Workstream.objects.create(plan=earlier, code="OLD", title="旧", **TIMES)
    old = Milestone.objects.create(
        plan=earlier, workstream=stream, code="OLD-1", title="去年的", reminded_since=AT, **_dates("day"), **TIMES
    )
    Milestone.objects.filter(pk=cast.roof.pk).update(
        **dict.fromkeys(("title", "title_en", "stage", "description", "criterion", "statement"), ODD[:39]),
        **dict.fromkeys(("forecast_on", "actual_on"), date(2023, 9, 30)),
        **dict.fromkeys(("forecast_precision", "actual_precision"), "quarter"),
        weight=300,
        source_start=0,
        source_end=12,
        parent=cast.school,
        carried_from=old,
        state="completed",
        submitted_by=cast.owner,
        submitted_at=EXACTLY,
        submitted_client="OA",
        verified_by=cast.office,
        verified_at=AT,
        verified_client="BI",
        health="done",
        health_reason={"code": "done", "params": {"who": ODD, "days": -3, "share": 0.5, "none": None, "yes": True}},
    )
    Milestone.objects.filter(pk=cast.rules.pk).update(health=None, health_reason=None, due_precision="day")
    for role, unit, who in (
        ("supporting", cast.harbour, None),
        ("supporting", cast.bureau, cast.coordinator),
        ("responsible", cast.harbour, cast.other),
        ("supervisor", cast.bureau, None),
    ):
        Party.objects.create(milestone=cast.roof, role=role, organisation=unit, person=who)
    refer("milestone", cast.roof, ("oa", "b"), ("oa", "a"), ("dg", ODD))
    refer("milestone", cast.school, ("dg", "2"))


def _dates(precision: str) -> dict[str, Any]:
    return {
        f"{name}_{half}": v
        for name in ("baseline", "due")
        for half, v in (("on", date(2022, 12, 31)), ("precision", precision))
    }


def _targets(cast: Cast) -> None:
    numbers = {"value": Decimal("-0.5"), "value_max": Decimal("1234567.89")}
    span = {"source_start": 3, "source_end": 9}
    words = {"code": "T2", "name": ODD, "name_en": "Growth", "unit": "亿元", "measure": "stock", "bound": "range"}
    full = Target.objects.create(
        plan=cast.plan, workstream=cast.stream, lead=cast.bureau, **words, **numbers, **span, **TIMES
    )
    Target.objects.create(plan=cast.plan, code="T3", name="x", unit="%", measure="stock", value=Decimal(0), **TIMES)
    first = Reading.objects.create(target=full, as_of=date(2023, 3, 1), value=Decimal("10.1000"), source=ODD, **TIMES)
    Reading.objects.create(
        target=full,
        as_of=date(2023, 3, 1),
        value=100,
        source="x",
        provisional=False,
        revises=first,
        recorded_by="office",
        **TIMES,
    )
    refer("target", full, ("bi", "t"))


def _about(cast: Cast) -> None:
    Dependency.objects.create(predecessor=cast.roof, successor=cast.school, lag=-5, **TIMES)
    texts = {"done": ODD, "obstacles": ODD, "help_needed": ODD, "note": ODD}
    StatusReport.objects.create(
        milestone=cast.roof,
        author=cast.owner,
        on_behalf=True,
        as_of=date(2023, 4, 1),
        progress=40,
        state="returned",
        forecast_on=date(2023, 6, 30),
        forecast_precision="half_year",
        submitted_at=AT,
        decided_by=cast.office,
        decided_at=EXACTLY,
        **texts,
        **TIMES,
    )
    StatusReport.objects.create(milestone=cast.roof, as_of=date(2023, 4, 2), progress=0, **TIMES)
    Evidence.objects.create(milestone=cast.roof, title=ODD, url="https://example.org/?a=b&c=%20", **TIMES)
    Evidence.objects.create(
        milestone=cast.roof,
        title="x",
        file_name="图.jpg",
        size=0,
        sha256=HASH,
        media_type="image/jpeg",
        has_preview=True,
        state="rejected",
        reason=ODD,
        added_by=cast.owner,
        decided_by=cast.office,
        decided_at=AT,
        **TIMES,
    )
    Comment.objects.create(milestone=cast.roof, author=cast.owner, text=ODD, **TIMES)
    Comment.objects.create(milestone=cast.roof, text="secret", withdrawn_at=AT, reason=ODD, **TIMES)


def _decided(cast: Cast) -> None:
    asked = {"old_on": date(2023, 1, 31), "old_precision": "month", "requested_at": AT, "decide_by": date(2023, 2, 1)}
    Extension.objects.create(
        milestone=cast.roof,
        due_on=date(2023, 12, 31),
        due_precision="year",
        reason=ODD,
        progress=30,
        late=True,
        state="approved",
        requested_by=cast.owner,
        requested_client="OA",
        on_behalf=True,
        decided_by=cast.office,
        decided_client="BI",
        decided_at=EXACTLY,
        note=ODD,
        **asked,
        **TIMES,
    )
    Extension.objects.create(
        milestone=cast.roof, due_on=date(2023, 3, 31), due_precision="quarter", reason="x", **asked, **TIMES
    )
    issued = {"milestone": cast.roof, "issued_on": date(2023, 5, 4), "respond_by": date(2023, 5, 9)}
    Notice.objects.create(
        year=2023,
        number=7,
        level="red",
        organisation=cast.bureau,
        matter=ODD,
        issued_by=cast.office,
        state="replied",
        signed_by=cast.owner,
        signed_at=AT,
        reply=ODD,
        replied_by=cast.owner,
        replied_at=EXACTLY,
        **issued,
        **TIMES,
    )
    Notice.objects.create(year=2023, number=8, level="blue", organisation=cast.harbour, matter="x", **issued, **TIMES)


def _beside(cast: Cast) -> None:
    step = ReminderStep.objects.select_related("policy").order_by("code")[0]
    ledger = {"milestone": cast.roof, "step": step, "step_version": step.versions.all()[0], "due_version": 1}
    for n, held in enumerate(({"state": "planned"}, {"state": "suppressed", "reason": "muted"})):
        Reminder.objects.create(
            recipient=cast.owner,
            occurrence=n,
            day=date(2023, 5, 6),
            planned_at=AT,
            updated_at=EXACTLY,
            **ledger,
            **held,
        )
    client = ApiClient.objects.create(name="OA 系统", scopes=["read"], **TIMES)
    WebhookEndpoint.objects.create(
        client=client,
        created_by=cast.office,
        url="https://example.org/hook?a=%20",
        events=["*", "milestone.*"],
        description=ODD,
        is_active=False,
        disabled_why="gone",
        secret="whsec_now",
        previous_secret="whsec_before",
        previous_until=AT,
        failing_since=EXACTLY,
        **TIMES,
    )
    WebhookEndpoint.objects.create(url="https://example.org/", events=[], secret="whsec_now", **TIMES)
