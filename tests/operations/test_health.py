"""Do the health pages say what is wrong, and only then?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from milestones.changes.heartbeat import beat
from milestones.models import Heartbeat, MailGate, MailKind, MailState, OutgoingMail, Person
from milestones.workdays.calendar import Calendar
from tests.operations.data import office, plan_with_history

ALL = ("/health/live", "/health/ready", "/health/reminders")


@pytest.fixture(autouse=True)
def just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the tests before these took."""
    monkeypatch.setattr(apps.get_app_config("milestones"), "started_at", timezone.now())


@pytest.fixture
def up_for_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps.get_app_config("milestones"), "started_at", timezone.now() - timedelta(hours=5))


def ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def ran(job: str, minutes: float) -> None:
    Heartbeat.objects.update_or_create(name=job, defaults={"at": ago(minutes)})


def mail(person: Person, due_at: datetime, **values: Any) -> OutgoingMail:
    row = {"kind": MailKind.TEST, "to": person.email, "language": "en", "subject": "s", "text": "t", "html": "h"}
    return OutgoingMail.objects.create(**{"recipient": person, "due_at": due_at, "created_at": due_at, **row, **values})


def problems(status: int) -> list[str]:
    answer = Client().get("/health/reminders")
    assert answer.status_code == status
    return list(answer.json()["problems"])


@pytest.mark.django_db
@pytest.mark.parametrize("page", ALL)
@pytest.mark.parametrize("host", ["testserver", "127.0.0.1:8000", "anything.example"])
def test_all_is_well_under_any_name_without_a_session_and_never_kept(page: str, host: str) -> None:
    answer = Client().get(page, headers={"Host": host})
    assert answer.status_code == 200, answer.content
    assert answer.json()["ok"] is True
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert Client().post(page).status_code == 405


@pytest.mark.parametrize("page", ALL)
def test_a_database_that_is_down_kills_nothing_but_is_said(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise OperationalError("password authentication failed for user secretary")

    monkeypatch.setattr(type(connections["default"]), "cursor", down)
    monkeypatch.setattr(type(connections["default"]), "ensure_connection", down)
    answer = Client().get(page)
    assert answer.status_code == (200 if page == "/health/live" else 503)
    assert "secretary" not in answer.content.decode()


def test_a_live_process_asks_no_database() -> None:
    assert Client().get("/health/live").status_code == 200  # pytest-django refuses a query here


@pytest.mark.django_db
def test_an_unapplied_migration_is_not_ready_and_named() -> None:
    MigrationRecorder.Migration.objects.filter(app="milestones", name="0003_default_policy").delete()
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations_missing"] == ["milestones.0003_default_policy"]


@pytest.mark.django_db
def test_a_start_counts_as_a_sweep_and_as_a_delivery() -> None:
    ran("sweep", 60 * 24)
    ran("delivery", 60 * 24)
    assert problems(200) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("up_for_hours")
def test_a_sweep_may_be_five_minutes_old() -> None:
    ran("delivery", 1)
    assert problems(503) == ["no sweep for 300 minutes: look at worker and beat"]
    ran("sweep", 4.9)
    assert problems(200) == []
    ran("sweep", 5.1)
    assert problems(503) == ["no sweep for 5 minutes: look at worker and beat"]


@pytest.mark.django_db
@pytest.mark.usefixtures("up_for_hours")
def test_a_delivery_may_be_ten_minutes_old() -> None:
    ran("sweep", 1)
    assert problems(503) == ["no delivery for 300 minutes: look at the worker of the queue mail"]
    ran("delivery", 9.9)
    assert problems(200) == []
    ran("delivery", 10.1)
    assert problems(503) == ["no delivery for 10 minutes: look at the worker of the queue mail"]


@pytest.mark.django_db
@pytest.mark.usefixtures("up_for_hours")
def test_the_limits_are_the_operator_s(settings: Settings) -> None:
    settings.SWEEP_LATE_AFTER = settings.DELIVERY_LATE_AFTER = 3600
    ran("sweep", 59)
    ran("delivery", 61)
    assert problems(503) == ["no delivery for 61 minutes: look at the worker of the queue mail"]
    told = Client().get("/health/reminders").json()
    assert told["sweep"]["limit_seconds"] == told["delivery"]["limit_seconds"] == 3600


@pytest.mark.django_db
@pytest.mark.usefixtures("up_for_hours")
def test_an_installation_run_by_cron_alone_needs_no_broker(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/valkey.sock"
    call_command("remind")
    call_command("deliver-mail")
    assert problems(200) == []
    assert Client().get("/health/reminders").json()["broker"] == {"reachable": False}
    ran("delivery", 11)
    assert "the broker does not answer: nothing starts until it does" in problems(503)


@pytest.mark.django_db
@pytest.mark.usefixtures("up_for_hours")
@pytest.mark.parametrize("words", [("--as-of", "2040-01-01"), ("--plan", "test-2026"), ("--dry-run",)])
def test_a_sweep_of_another_day_or_of_one_plan_is_not_the_sweep(words: tuple[str, ...]) -> None:
    plan_with_history()
    Heartbeat.objects.all().delete()
    call_command("remind", *words)
    assert not Heartbeat.objects.filter(name="sweep").exists()


@pytest.mark.django_db
def test_what_a_clock_that_was_wrong_wrote_is_put_right() -> None:
    ran("sweep", -60 * 24 * 400)
    beat("sweep", timezone.now())
    assert Heartbeat.objects.get(name="sweep").at < ago(-1)


@pytest.mark.django_db
def test_paused_mail_is_shown_and_is_no_failure() -> None:
    person = office()
    mail(person, ago(600))
    mail(person, ago(-1), created_at=ago(600), state=MailState.RETRY)
    gate = MailGate.objects.create(paused_at=ago(500), paused_by=person, created_at=ago(500), updated_at=ago(500))
    assert problems(200) == []
    assert Client().get("/health/reminders").json()["delivery"]["paused"] is True
    MailGate.objects.filter(pk=gate.pk).update(paused_at=None, updated_at=ago(14))
    assert problems(200) == [], "what waited behind the gate waits for the server only from its opening on"
    MailGate.objects.filter(pk=gate.pk).update(updated_at=ago(16))
    assert len(problems(503)) == 2
    assert Client().get("/health/reminders").json()["delivery"]["paused"] is False


@pytest.mark.django_db
def test_mails_that_wait_for_a_cap_are_no_failure_as_long_as_some_leave() -> None:
    person = office()
    mail(person, ago(600))
    MailGate.objects.create(per_minute=1, created_at=ago(700), updated_at=ago(700))
    sent = mail(person, ago(30), state=MailState.SENT, sent_at=ago(14))
    assert problems(200) == []
    OutgoingMail.objects.filter(pk=sent.pk).update(sent_at=ago(16))
    assert problems(503) == ["a mail is due for 600 minutes: look at the worker of the queue mail"]


@pytest.mark.django_db
def test_a_mail_may_be_due_for_a_quarter_of_an_hour() -> None:
    person = office()
    mail(person, ago(-600))
    row = mail(person, ago(14.9))
    assert problems(200) == []
    OutgoingMail.objects.filter(pk=row.pk).update(due_at=ago(15.1))
    assert problems(503) == ["a mail is due for 15 minutes: look at the worker of the queue mail"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [MailState.SENT, MailState.FAILED, MailState.SUPPRESSED])
def test_mails_that_are_done_with_wait_for_nothing(state: str) -> None:
    mail(office(), ago(600), state=state)
    assert problems(200) == []


@pytest.mark.django_db
def test_a_server_that_takes_nothing_is_noticed_although_every_retry_lies_ahead() -> None:
    person = office()
    again = mail(person, ago(-1), created_at=ago(20), state=MailState.RETRY)
    assert problems(503) == ["the mail server takes nothing for 20 minutes: the outbox holds its words"]
    mail(person, ago(10), state=MailState.SENT, sent_at=ago(10))
    assert problems(200) == [], "one full mailbox is not the server's fault"
    OutgoingMail.objects.filter(pk=again.pk).update(created_at=ago(9))
    assert problems(200) == []


@pytest.mark.django_db
def test_a_digest_counts_from_its_person_s_hour() -> None:
    person = office(send_hour=0)
    now = timezone.now().astimezone(person.zone)
    values = {"kind": MailKind.DIGEST, "state": MailState.RETRY, "created_at": ago(60 * 72)}
    mail(person, ago(-1), day=now.date() + timedelta(days=1), **values)
    assert problems(200) == []


@pytest.mark.django_db
def test_a_broker_that_is_gone_is_said(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/valkey.sock"
    assert problems(503) == ["the broker does not answer: nothing starts until it does"]


@pytest.mark.django_db
def test_a_real_broker_answers(redis_url: str, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = redis_url
    assert problems(200) == []


@pytest.mark.django_db
def test_a_provisional_calendar_is_information_not_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calendar, "is_provisional", lambda self, year: True)
    answer = Client().get("/health/reminders")
    assert answer.status_code == 200
    assert timezone.localtime().year in answer.json()["calendar"]["provisional_years"]


@pytest.mark.django_db
def test_no_page_names_a_person() -> None:
    person = office()
    mail(person, ago(600))
    for page in (*ALL, "/metrics"):
        said = Client().get(page).content.decode()
        assert person.email not in said
        assert person.display_name not in said
