"""Are the figures right, and for whom?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from milestones.models import ChangeEntry, Heartbeat, Incident, MailGate, MailState
from tests.operations.data import office, plan_with_history
from tests.operations.test_health import ago, mail

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
TOKEN = "a-token-for-the-figures"


def figures() -> dict[tuple[str, str], float]:
    """(name, the label's value or empty) → value."""
    text = Client().get("/metrics").content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, "".join(sample.labels.values())): sample.value for sample in samples}


def test_the_figures_are_those_of_the_database() -> None:
    plan_with_history()
    person = office("b@example.org")
    mail(person, ago(10), state=MailState.FAILED)
    before = figures()
    mail(person, ago(10))
    Heartbeat.objects.filter(name="sweep").update(at=timezone.now() - timedelta(seconds=90))
    found = figures()
    assert found["lingang_mails", "failed"] == 1
    assert found["lingang_mails", "queued"] == before["lingang_mails", "queued"] + 1
    assert found["lingang_mails", "sent"] == 0
    assert found["lingang_oldest_due_mail_age_seconds", ""] >= 600
    assert found["lingang_last_run_age_seconds", "sweep"] == pytest.approx(90, abs=30)
    assert found["lingang_milestones_open", "test-2026"] == 3
    assert found["lingang_milestones_unassigned", "test-2026"] == 2
    assert found["lingang_changes_unpublished", ""] == ChangeEntry.objects.filter(seq__isnull=True).count()
    assert found["lingang_reminders", "planned"] == 0
    assert found["lingang_late_after_seconds", "sweep"] == 300
    assert found["lingang_late_after_seconds", "delivery"] == 600
    assert found["lingang_incident_open", ""] == found["lingang_mail_paused", ""] == 0


def test_an_open_incident_and_a_pause_are_figures() -> None:
    Incident.objects.create(opened_at=ago(9))
    MailGate.objects.create(paused_at=ago(9), created_at=ago(9), updated_at=ago(9))
    assert figures()["lingang_incident_open", ""] == figures()["lingang_mail_paused", ""] == 1


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.9"}, 401),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 401),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 401),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, 401),
        ("10.0.0.9", {}, 401),
        ("10.0.0.9", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("", {}, 401),
        ("10.0.0.9", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("10.0.0.9", {"Authorization": f"bearer {TOKEN}", "X-Forwarded-For": "10.0.0.10"}, 200),
        ("10.0.0.9", {"Authorization": f"Basic {TOKEN}"}, 401),
        ("10.0.0.9", {"Authorization": f"Bearer {TOKEN}x"}, 401),
        ("10.0.0.9", {"Authorization": "Bearer "}, 401),
        ("10.0.0.9", {"Authorization": "Bearer Zähler"}, 401),
    ],
)
def test_who_may_read_them(address: str, headers: dict[str, str], status: int, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = Client(REMOTE_ADDR=address).get("/metrics", headers=headers)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("given", ["Bearer ", "Bearer x", ""])
def test_without_a_token_set_none_fits(given: str) -> None:
    answer = Client(REMOTE_ADDR="10.0.0.9").get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
