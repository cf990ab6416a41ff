"""Does a milestone's time-line tell all that hangs on it, and to nobody more than they may read?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.utils import translation

from milestones.actors import Actor
from milestones.changes import readable, record, verbs
from milestones.models import (
    ChangeEntry,
    Comment,
    Dependency,
    Evidence,
    Extension,
    HealthOverride,
    Notice,
    Person,
    StatusReport,
)
from milestones.planning import operations
from milestones.planning.timeline import timeline
from tests import cast as casting
from tests.cast import JUNE, LATER, NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

DAY = date(2023, 1, 12)
HOW: Any = {"actor": SYSTEM, "now": LATER}
FUZZY: Any = {"due_on": DAY, "due_precision": "day", "old_on": DAY, "old_precision": "day"}
INNER = {"comment", "evidence", "extension", "notice"}
EVERYTHING = INNER | {"milestone", "statusreport", "dependency", "healthoverride"}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def told(running: Cast) -> Cast:
    """The roof has one of everything, the school too."""
    c = running
    operations.forecast(c.roof, JUNE, reason="快", **HOW)
    for at, number in ((c.roof, 1), (c.school, 2)):
        rows: list[tuple[str, Any]] = [
            ("report.submit", StatusReport(milestone=at, as_of=DAY, progress=5, state="submitted", submitted_at=NOW)),
            ("extension.request", Extension(milestone=at, **FUZZY, reason="缺材料", requested_at=NOW, decide_by=DAY)),
            ("evidence.attach", Evidence(milestone=at, title="照片", url="https://example.org/")),
            ("comment.add", Comment(milestone=at, text="私下说")),
            ("milestone.override_health", HealthOverride(milestone=at, health="red", reason="看不清", until=DAY)),
            ("notice.issue", Notice(milestone=at, year=2023, number=number, level="blue", organisation=c.bureau,
                                    matter="加快", issued_on=DAY, respond_by=DAY)),
        ]  # fmt: skip
        for verb, row in rows:
            record.create(row, verb=verb, **HOW)
    record.create(Dependency(predecessor=c.rules, successor=c.roof), verb="dependency.add", **HOW)
    return c


def kinds(milestone: Any, viewer: Actor | Person | None) -> set[str]:
    return set(timeline(milestone, viewer).values_list("entity", flat=True))


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("office", EVERYTHING),
        ("leader", EVERYTHING),
        ("owner", EVERYTHING),
        ("coordinator", EVERYTHING),
        ("viewer", EVERYTHING - INNER),
        ("stranger", EVERYTHING - INNER),
    ],
)
def test_inner_matters_are_told_to_those_who_read_them(told: Cast, role: str, sees: set[str]) -> None:
    assert kinds(told.roof, getattr(told, role)) == sees


def test_whoever_reads_nothing_is_told_nothing(told: Cast) -> None:
    draft = casting.plan("p-2024")
    secret = casting.milestone(draft, casting.workstream(draft), "X-1")
    assert kinds(secret, told.owner) == set()
    assert kinds(secret, told.office) == {"milestone"}
    assert kinds(told.roof, None) == set()


def test_it_is_in_order_and_of_this_milestone_alone(told: Cast) -> None:
    entries = list(timeline(told.roof, told.office))
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)
    of_the_other = set(timeline(told.school, told.office).values_list("id", flat=True))
    assert not of_the_other & {entry.id for entry in entries}
    assert sum(entry.entity == "notice" for entry in entries) == 1


def test_a_dependency_is_told_at_both_ends_also_after_it_was_removed(told: Cast) -> None:
    record.delete(Dependency.objects.get(), verb="dependency.remove", **HOW)
    for end in (told.roof, told.rules):
        found = timeline(end, told.viewer).filter(entity="dependency")
        assert [entry.verb for entry in found] == ["dependency.add", "dependency.remove"]
    assert not timeline(told.school, told.viewer).filter(entity="dependency")


def test_everything_reads_in_words(told: Cast) -> None:
    for change in readable.read(list(timeline(told.roof, told.office))):
        assert change.verb != change.entry.verb, change.entry.verb
        labels = [difference.label for difference in change.differences]
        assert not [label for label in labels if "_" in label], labels


def test_a_withdrawn_comment_is_silent_in_history_too(told: Cast) -> None:
    comment = Comment.objects.get(milestone=told.roof)
    record.update(comment, {"withdrawn_at": LATER, "reason": "误发"}, verb="comment.withdraw", **HOW)
    changes = readable.read(list(timeline(told.roof, told.office)))
    shown = " ".join(f"{d.old} {d.new}" for change in changes for d in change.differences)
    assert "私下说" not in shown
    assert "误发" in shown
    other = readable.read(list(timeline(told.school, told.office)))
    assert "私下说" in " ".join(d.new for change in other for d in change.differences)


@pytest.mark.parametrize(
    "verb",
    "milestone.report milestone.health extension.approve report.return evidence.verify"
    " person.anonymise notice.sign dependency.remove delegation.end milestone.carry_over".split(),
)
def test_verbs_of_the_whole_domain_have_words(verb: str) -> None:
    assert verbs.words(verb) != verb
    assert "." not in verbs.words(verb)


@pytest.mark.ignore_template_errors
def test_the_admins_page_of_a_milestone_shows_the_whole_time_line(told: Cast, client: Client) -> None:
    client.force_login(told.office)
    page = client.get(f"/admin/milestones/milestone/{told.roof.pk}/history/").content.decode()
    for text in ("私下说", "缺材料", "照片", "加快", "看不清"):
        assert text in page


@pytest.mark.ignore_template_errors
def test_every_admin_page_of_an_object_has_its_history(told: Cast, client: Client) -> None:
    from milestones.admin.site import site
    from milestones.models.base import Versioned

    client.force_login(told.office)
    ours: list[type[Model]] = [model for model in site._registry if issubclass(model, Versioned)]
    assert len(ours) >= 8
    for model in ours:
        row = model._default_manager.first()
        if row is not None:
            url = f"/admin/milestones/{model._meta.model_name}/{row.pk}/history/"
            assert client.get(url).status_code == 200, url
    assert ChangeEntry.objects.exists()


@pytest.mark.ignore_template_errors
def test_seals_are_listed_for_the_office(told: Cast, client: Client) -> None:
    from milestones.changes.publish import publish_all
    from milestones.models import HistorySeal

    publish_all()
    client.force_login(told.office)
    seal = HistorySeal.objects.get()
    assert seal.digest in client.get("/admin/milestones/historyseal/").content.decode()
    found = client.get("/admin/milestones/historyseal/", {"q": seal.digest[:12]})
    assert seal.digest in found.content.decode()
    assert client.get(f"/admin/milestones/historyseal/{seal.pk}/change/").status_code == 200
    assert client.post(f"/admin/milestones/historyseal/{seal.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_actor_and_a_person_see_the_same(told: Cast) -> None:
    assert kinds(told.roof, acting(told.viewer)) == kinds(told.roof, told.viewer)
