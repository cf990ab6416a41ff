"""Is every wrong deployment found, under its own id, and a right one left alone?"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from lingang.addresses import MailTransport
from milestones import checks
from milestones.models import Person, ReminderPolicy, triggers
from tests.operations.data import office

SMTP = MailTransport(scheme="smtp", host="mail.example.org", port=587, tls="starttls")


def ids(check: Callable, **options: object) -> list[str]:
    return [found.id for found in check(**options)]


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.PRODUCTION = True
    settings.BASE_URL = "https://plan.example.org"
    settings.ALLOWED_HOSTS = ["plan.example.org"]
    settings.MAIL_TRANSPORT = SMTP
    settings.DEFAULT_FROM_EMAIL = "Office <office@example.org>"
    settings.REPLY_TO = "office@example.org"
    settings.HEARTBEAT_URL = settings.ALARM_WEBHOOK_URL = "https://watch.example.org/a-secret"
    return settings


def test_a_right_deployment_is_left_alone(production: Settings) -> None:
    for check in (checks.folders, checks.addresses, checks.mail, checks.limits, checks.silence):
        assert ids(check) == []


def test_a_folder_that_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.VAR_DIR = tmp_path / "file" / "var"
    settings.MAIL_TRANSPORT = MailTransport(scheme="file", path=tmp_path / "mail")
    assert ids(checks.folders) == ["lingang.E001"]
    settings.VAR_DIR = tmp_path / "var"
    settings.MAIL_TRANSPORT = MailTransport(scheme="file", path=tmp_path / "file" / "mail")
    assert ids(checks.folders) == ["lingang.E002"]


def test_secrets_that_others_can_read(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    tmp_path.chmod(0o700)
    key = tmp_path / "secret_key"
    key.touch(0o644)
    assert ids(checks.folders) == ["lingang.E003"]
    key.chmod(0o600)
    assert ids(checks.folders) == []
    tmp_path.chmod(0o755)
    assert ids(checks.folders) == ["lingang.W007"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a rule for SQLite")
def test_an_old_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert ids(checks.sqlite_version, databases=["default"]) == ["lingang.E004"]
    assert ids(checks.sqlite_version, databases=None) == []


def test_links_that_would_be_refused(production: Settings) -> None:
    production.ALLOWED_HOSTS = ["other.example.org"]
    assert ids(checks.addresses) == ["lingang.E005"]
    production.ALLOWED_HOSTS = [".example.org"]
    assert ids(checks.addresses) == []


def test_mail_that_would_not_arrive(production: Settings, tmp_path: Path) -> None:
    production.MAIL_TRANSPORT = MailTransport(scheme="file", path=tmp_path)
    assert ids(checks.mail) == ["lingang.W001"]
    production.MAIL_TRANSPORT = SMTP
    production.DEFAULT_FROM_EMAIL = "milestones@localhost"
    assert ids(checks.mail) == ["lingang.W002"]
    production.MAIL_TRANSPORT = MailTransport(scheme="smtps", host="smtp.example.org", user="a@example.org")
    production.DEFAULT_FROM_EMAIL = "b@example.org"
    assert ids(checks.mail) == ["lingang.W003"]
    production.DEFAULT_FROM_EMAIL = "Office <a@example.org>"
    production.BOUNCE_ADDRESS = "bounces@example.org"
    assert ids(checks.mail) == ["lingang.W003"]
    production.BOUNCE_ADDRESS = ""
    production.REPLY_TO = ""
    assert ids(checks.mail) == ["lingang.W004"]
    production.PRODUCTION = False
    assert ids(checks.mail) == []


def test_silence_that_nobody_would_notice(production: Settings) -> None:
    production.HEARTBEAT_URL = ""
    assert ids(checks.silence) == ["lingang.W009"]
    production.ALARM_WEBHOOK_URL = ""
    assert ids(checks.silence) == ["lingang.W009", "lingang.W010"]
    production.PRODUCTION = False
    assert ids(checks.silence) == []


def test_limits_that_are_passed_while_all_is_well(settings: Settings) -> None:
    settings.SWEEP_LATE_AFTER = 119
    assert ids(checks.limits) == ["lingang.W008"]
    settings.DELIVERY_LATE_AFTER = 59
    assert ids(checks.limits) == ["lingang.W008", "lingang.W008"]


def test_a_year_without_published_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "provisional_years", lambda now: [2027])
    assert ids(checks.calendar) == ["lingang.W005"]


@pytest.mark.django_db
class TestTheDatabase:
    def test_nothing_is_said_unless_it_is_asked_about_or_before_it_is_migrated(self) -> None:
        ReminderPolicy.objects.update(is_default=False)
        assert ids(checks.data, databases=None) == []
        MigrationRecorder.Migration.objects.filter(app="milestones", name="0003_default_policy").delete()
        assert ids(checks.data, databases=["default"]) == []

    def test_one_in_order(self) -> None:
        assert ids(checks.data, databases=["default"]) == ["lingang.W006"]
        office()
        assert ids(checks.data, databases=["default"]) == []

    def test_history_that_could_be_rewritten_and_its_repair(self) -> None:
        triggers.remove(connection)
        office()
        assert ids(checks.data, databases=["default"]) == ["lingang.E006"]
        call_command("repairtriggers")
        assert ids(checks.data, databases=["default"]) == []

    def test_a_missing_cache_table(self, settings: Settings) -> None:
        office()
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "elsewhere"}}
        assert ids(checks.data, databases=["default"]) == ["lingang.E007"]

    def test_demonstration_accounts_in_production(self, production: Settings) -> None:
        person = office()
        assert ids(checks.data, databases=["default"]) == []
        Person.objects.filter(pk=person.pk).update(is_demo=True)
        assert ids(checks.data, databases=["default"]) == ["lingang.E008"]
        production.PRODUCTION = False
        assert ids(checks.data, databases=["default"]) == []

    def test_no_default_policy(self) -> None:
        office()
        ReminderPolicy.objects.update(is_default=False)
        assert ids(checks.data, databases=["default"]) == ["lingang.E009"]

    def test_a_time_zone_that_this_machine_does_not_know(self) -> None:
        person = office()
        Person.objects.filter(pk=person.pk).update(time_zone="Mars/Olympus")
        assert ids(checks.data, databases=["default"]) == ["lingang.E010"]


def test_the_command_runs_them(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["other.example.org"]
    with pytest.raises(SystemCheckError, match=r"lingang\.E005"):
        call_command("check")
