"""Does the demonstration leave whole, leave its tombstones, and leave what is real?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.utils import translation

from milestones.actors import Actor
from milestones.changes import verifying
from milestones.demo import build as demo
from milestones.demo import pictures
from milestones.demo.clear import OBJECTS, StillNeeded, clear
from milestones.evidence import operations as evidence
from milestones.models import (
    ChangeEntry,
    DateRevision,
    Milestone,
    Organisation,
    OutgoingMail,
    Person,
    Plan,
    Reminder,
    ReminderStep,
    StepVersion,
)
from milestones.people import operations as people
from milestones.people import organisations, webhooks
from milestones.planning import lifecycle, plans
from milestones.planning import operations as milestones
from milestones.workdays import FuzzyDate

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 24, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
SYSTEM = Actor.system()
# The history, what is no demonstration, and the numbers of notices, which are not given again.
STAYS = {"ChangeEntry", "ReminderPolicy", "ReminderStep", "StepVersion", "Heartbeat", "NoticeNumber"}


def left() -> dict[str, int]:
    tables = {
        model.__name__: model._default_manager.count() for model in apps.get_app_config("milestones").get_models()
    }
    return {name: number for name, number in tables.items() if number and name not in STAYS}


@pytest.fixture
def real() -> Milestone:
    """A real plan with one milestone, of a real organisation and its owner."""
    unit = organisations.create({"code": "REAL", "name": "真实单位"}, actor=SYSTEM, now=NOW)
    owner = people.create(
        {"email": "a@real.example", "display_name": "x", "organisation": unit}, roles=["owner"], actor=SYSTEM, now=NOW
    )
    values = {
        "code": "real-2026",
        "title": "t",
        "year": 2026,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
    }
    plan = plans.create(values, actor=SYSTEM, now=NOW)
    stream = plans.create_workstream(plan, {"code": "R", "title": "r"}, actor=SYSTEM, now=NOW)
    row = {
        "workstream": stream,
        "code": "R-1",
        "title": "t",
        "due": FuzzyDate(date(2026, 12, 1)),
        "lead": unit,
        "accountable": owner,
    }
    return milestones.create(plan, row, actor=SYSTEM, now=NOW)


def remind(milestone: Milestone, recipient: Person) -> Reminder:
    step = ReminderStep.objects.earliest("code")
    mail = OutgoingMail.objects.create(
        kind="digest", recipient=recipient, to="x@real.example", language="en", day=NOW.date(), milestone=milestone,
        subject="s", text="t", html="h", due_at=NOW, created_at=NOW,
    )  # fmt: skip
    return Reminder.objects.create(
        milestone=milestone, recipient=recipient, step=step, step_version=StepVersion.objects.get(step=step),
        due_version=1, day=NOW.date(), state="claimed", mail=mail, planned_at=NOW, updated_at=NOW,
    )  # fmt: skip


def connect(unit: Organisation) -> None:
    """It has a webhook, and posts of a day and of one milestone alone."""
    webhooks.create(unit, "https://1.1.1.1/hook", actor=SYSTEM, now=NOW)
    for about in (None, Milestone.objects.earliest("id")):
        OutgoingMail.objects.create(
            kind="post", channel="webhook", organisation=unit, day=NOW.date(), milestone=about, language="en",
            due_at=NOW, created_at=NOW,
        )  # fmt: skip


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> Path:
    """Where the files of evidence are kept."""
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path / "evidence"


def files(kept: Path) -> int:
    return sum(file.is_file() for folder in kept.glob("[0-9a-f][0-9a-f]") for file in folder.iterdir())


def test_all_of_it_goes_each_object_leaves_its_tombstone_and_no_file_stays(kept: Path) -> None:
    demo.build(now=NOW)
    connect(Organisation.objects.filter(is_demo=True).earliest("code"))
    expected = {
        (model._meta.model_name, pk) for model in OBJECTS for pk in model._default_manager.values_list("pk", flat=True)
    }
    assert {name for name, _pk in expected} == {model._meta.model_name for model in OBJECTS}
    assert files(kept) == 3  # a document, a picture and its preview
    gone = clear(actor=SYSTEM, now=NOW)
    assert left() == {}
    assert files(kept) == 0
    assert gone["milestone"] == 82
    tombstones = ChangeEntry.objects.filter(op="delete")
    assert expected == set(tombstones.values_list("entity", "object_id"))
    for entry in tombstones:
        versions = ChangeEntry.objects.filter(entity=entry.entity, object_id=entry.object_id).order_by("id")
        assert [e.version for e in versions] == list(range(1, entry.version + 1))
    assert [str(fault) for fault in verifying.faults()] == []


def test_what_was_cleared_is_gone() -> None:
    demo.build(now=NOW, year=2023)
    assert clear(actor=SYSTEM, now=NOW)["milestone"] == 41
    assert clear(actor=SYSTEM, now=NOW) == {}


def test_a_file_that_something_real_shows_too_stays(kept: Path, request: pytest.FixtureRequest) -> None:
    demo.build(now=NOW, year=2023)
    real: Milestone = request.getfixturevalue("real")
    plans.activate(real.plan, actor=SYSTEM, now=NOW)
    for milestone in (Milestone.objects.get(code="FIN-08"), real):
        picture = BytesIO(pictures.as_png())
        evidence.attach_file(milestone, file=picture, file_name="x.png", actor=SYSTEM, now=NOW)
    clear(actor=SYSTEM, now=NOW)
    assert files(kept) == 2  # the picture and its preview


def test_what_was_swept_and_moved_goes_too() -> None:
    demo.build(now=NOW, year=2023)
    milestone = Milestone.objects.select_related("plan", "accountable").get(code="FIN-08")
    milestones.change(milestone, {"forecast": FuzzyDate(date(2023, 11, 17))}, reason="r", actor=SYSTEM, now=NOW)
    assert milestone.accountable is not None
    remind(milestone, milestone.accountable)
    assert DateRevision.objects.exists()
    clear(actor=SYSTEM, now=NOW)
    assert left() == {}


def test_what_is_real_stays(request: pytest.FixtureRequest) -> None:
    demo.build(now=NOW, year=2023)
    real: Milestone = request.getfixturevalue("real")
    before = {model: model._default_manager.get(pk=pk).version for model, pk in _of(real)}
    clear(actor=SYSTEM, now=NOW)
    assert left() == {"Organisation": 1, "Person": 1, "RoleGrant": 1, "Plan": 1, "Workstream": 1, "Milestone": 1}
    assert {model: model._default_manager.get(pk=pk).version for model, pk in _of(real)} == before


def test_a_mail_to_somebody_real_stays_without_its_link(request: pytest.FixtureRequest) -> None:
    demo.build(now=NOW, year=2023)
    real: Milestone = request.getfixturevalue("real")
    assert real.accountable is not None
    remind(Milestone.objects.get(code="FIN-08", plan__state="active"), real.accountable)
    clear(actor=SYSTEM, now=NOW)
    assert OutgoingMail.objects.get().milestone is None
    assert not Reminder.objects.exists()


def _of(real: Milestone) -> list[tuple[Any, Any]]:
    return [(Plan, real.plan_id), (Milestone, real.pk), (Organisation, real.lead_id), (Person, real.accountable_id)]


def _verified_by_the_demonstration(real: Milestone) -> None:
    """A relation that has no name on the person's side."""
    plans.activate(real.plan, actor=SYSTEM, now=NOW)
    real.refresh_from_db()
    actual = FuzzyDate(NOW.date())
    lifecycle.submit(real, actual=actual, statement="s", actor=Actor(real.accountable, "web"), now=NOW)
    office = Person.objects.get(email="office@demo.lingang.example")
    lifecycle.verify(real, actor=Actor(office, "admin"), now=NOW)


@pytest.mark.parametrize(
    ("tie", "named"),
    [
        (lambda real: milestones.change(real, {"lead": _unit()}, actor=SYSTEM, now=NOW), "R-1 t (lead organisation)"),
        (lambda real: milestones.change(real, {"accountable": _owner()}, actor=SYSTEM, now=NOW), "R-1 t (owner)"),
        (lambda real: people.edit(real.accountable, {"organisation": _unit()}, actor=SYSTEM, now=NOW), "person x"),
        (lambda real: organisations.edit(real.lead, {"head": _owner()}, actor=SYSTEM, now=NOW), "真实单位 (head)"),
        (
            lambda real: organisations.edit(real.lead, {"parent": _unit()}, actor=SYSTEM, now=NOW),
            "(parent organisation)",
        ),
        (_verified_by_the_demonstration, "R-1 t (verified by)"),
        (
            lambda real: milestones.change(
                real, {}, parties=[milestones.PartyInput("supporting", _unit())], actor=SYSTEM, now=NOW
            ),
            "party",
        ),
    ],
)
def test_it_is_refused_while_something_real_depends_on_it(
    tie: Callable[[Milestone], object], named: str, request: pytest.FixtureRequest
) -> None:
    demo.build(now=NOW, year=2023)
    tie(request.getfixturevalue("real"))
    with translation.override("en"), pytest.raises(StillNeeded) as caught:
        clear(actor=SYSTEM, now=NOW)
    (row,) = caught.value.rows
    assert named in row
    assert Plan.objects.filter(is_demo=True).count() == 1


def _unit() -> Organisation:
    return Organisation.objects.get(code="FTB")


def _owner() -> Person:
    return Person.objects.get(email="owner@demo.lingang.example")
