"""When reminders do not leave, is that told once, by whoever sees it first, and once when it is over?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils import timezone
from pytest_django import Settings

from milestones import tasks
from milestones.models import Heartbeat, Incident, MailState
from milestones.upkeep import alarm, incidents, lease, witness
from tests.operations.data import office, plan_with_history
from tests.operations.test_health import ago, mail, ran
from tests.servers.receiver import Answer, Receiver
from tests.two_at_once import together


@pytest.fixture
def outside() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(outside: Receiver, settings: Settings) -> Receiver:
    settings.ALARM_WEBHOOK_URL = outside.url
    settings.LANGUAGE_CODE = "en"
    return outside


def well() -> None:
    ran("sweep", 0)
    ran("delivery", 0)


def silent(minutes: float = 20) -> None:
    ran("sweep", minutes)
    ran("delivery", minutes)


def look(after: float = 0, by: str = "worker one", started: datetime | None = None) -> list[str]:
    """As a witness does, some seconds later."""
    now = timezone.now() + timedelta(seconds=after)
    return [problem.fault.value for problem in witness.look(now=now, started=started, by=by)]


def posted(receiver: Receiver) -> list[str]:
    return [request.json["state"] for request in receiver.requests]


def one() -> Incident:
    return Incident.objects.get()


@pytest.mark.django_db
class TestAnIncident:
    def test_all_is_well_and_nobody_is_called(self, receiver: Receiver) -> None:
        well()
        assert look() == []
        assert not Incident.objects.exists()
        assert not receiver.requests

    def test_it_is_told_once_and_once_when_it_is_over(self, receiver: Receiver, settings: Settings) -> None:
        silent(20)
        for by in ("worker one", "worker two", "up"):
            assert look(by=by) == ["sweep", "delivery"]
        assert posted(receiver) == ["alarm"]
        assert one().is_open
        assert one().seen_by == "worker one"
        assert one().post_reply == "200 OK"
        well()
        assert look() == look() == []
        assert posted(receiver) == ["alarm", "resolved"]
        assert not one().is_open
        silent(6)
        look()
        assert posted(receiver) == ["alarm", "resolved", "alarm"], "another incident is another alarm"
        assert Incident.objects.count() == 2

    def test_what_the_receiver_reads(self, receiver: Receiver, settings: Settings) -> None:
        silent(20)
        look()
        told = receiver.requests[0].json
        since = timezone.localtime(Heartbeat.objects.get(name="sweep").at)
        assert told["text"] == (
            f"Reminders have not left since {since:%Y-%m-%d %H:%M}: no sweep for 20 minutes: look at worker and beat; "
            f"no delivery for 20 minutes: look at the worker of the queue mail. {settings.BASE_URL}"
        )
        assert told["faults"] == ["sweep", "delivery"]
        assert told["base_url"] == settings.BASE_URL
        assert datetime.fromisoformat(told["since"]) == since.replace(microsecond=0)
        assert told["until"] is None
        well()
        look()
        over = receiver.requests[1].json
        assert over["text"].startswith("Reminders leave again.")
        assert over["since"] == told["since"]
        assert over["until"]

    def test_a_start_excuses_nothing_once_an_incident_is_open(self, receiver: Receiver) -> None:
        silent()
        look()
        assert look(started=timezone.now()) == []
        assert one().is_open, "a worker that is started over and over closes nothing"
        assert posted(receiver) == ["alarm"]

    def test_what_joins_and_what_passes_is_kept_with_its_end(self, receiver: Receiver) -> None:
        ran("delivery", 0)
        ran("sweep", 20)
        look()
        row = mail(office(), ago(16))
        ran("sweep", 0)
        assert look() == ["mail"]
        assert posted(receiver) == ["alarm"], "it is still one incident"
        assert [(p["fault"], "until" in p) for p in one().problems] == [("sweep", True), ("mail", False)]
        row.delete()
        look()
        assert all("until" in problem for problem in one().problems)
        assert [problem.fault.value for problem in incidents.problems_of(one())] == ["sweep", "mail"]

    def test_a_server_that_takes_nothing_is_one_too(self, receiver: Receiver) -> None:
        well()
        mail(office(), ago(-1), created_at=ago(20), state=MailState.RETRY)
        assert look() == ["server"]
        assert posted(receiver) == ["alarm"]

    def test_without_a_receiver_it_is_opened_and_closed_all_the_same(self, settings: Settings) -> None:
        silent()
        look()
        assert one().posted_at is None
        assert not Heartbeat.objects.get(name=lease.NAME).note, "nobody waits for a lease"
        well()
        look()
        assert one().closed_at

    def test_a_broker_alone_is_missed_by_nobody(self, settings: Settings) -> None:
        settings.CELERY_BROKER_URL = "redis+socket:///nowhere/valkey.sock"
        well()
        assert look() == []


@pytest.mark.django_db
class TestAWitness:
    def test_that_died_between_claiming_and_telling_is_passed_over_after_a_minute(self, receiver: Receiver) -> None:
        silent()
        assert lease.take(timezone.now(), "the dead one")
        Incident.objects.create(opened_at=ago(20), problems=[], seen_by="the dead one")
        look(30)
        assert posted(receiver) == []
        look(61)
        assert posted(receiver) == ["alarm"]

    def test_that_gives_back_a_lease_gives_back_its_own_only(self) -> None:
        assert lease.take(timezone.now(), "one")
        lease.give_back("another")
        assert not lease.take(timezone.now(), "two")
        lease.give_back("one")
        assert lease.take(timezone.now(), "two")

    def test_whose_receiver_is_down_tries_again_once_a_minute(self, receiver: Receiver) -> None:
        receiver.answer(503, 200)
        silent()
        look()
        look(20, by="worker two")
        assert posted(receiver) == ["alarm"]
        assert one().post_reply == "503 Service Unavailable"
        assert one().posted_at is None
        look(61, by="worker two")
        look(130)
        assert posted(receiver) == ["alarm", "alarm"]
        assert one().posted_at

    def test_that_cannot_tell_of_the_end_keeps_it_open_until_it_can(self, receiver: Receiver) -> None:
        silent()
        look()
        receiver.answer(500, 200)
        well()
        look()
        assert one().is_open, "for the receiver it is not over"
        look(61)
        assert posted(receiver) == ["alarm", "resolved", "resolved"]
        assert not one().is_open

    def test_that_died_after_telling_of_the_end_silences_nothing_that_comes_next(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        silent()
        look()
        resolve = alarm.resolve

        def and_die(*words: Any) -> None:
            resolve(*words)
            raise SystemExit

        well()
        monkeypatch.setattr(alarm, "resolve", and_die)
        with pytest.raises(SystemExit):
            look()
        monkeypatch.setattr(alarm, "resolve", resolve)
        silent()
        look(61)
        assert posted(receiver) == ["alarm", "resolved", "alarm"]
        well()
        look(61)
        assert posted(receiver) == ["alarm", "resolved", "alarm", "resolved"]
        assert not one().is_open
        assert one().posted_at

    def test_that_is_sent_elsewhere_does_not_go(self, receiver: Receiver) -> None:
        with Receiver() as elsewhere:
            receiver.answer(Answer(302, headers=[("Location", elsewhere.url)]))
            silent()
            look()
            assert not elsewhere.requests
        assert one().post_reply.startswith("302")

    def test_whose_receiver_is_nowhere_says_so_without_its_secret(
        self, receiver: Receiver, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        receiver.down()
        silent()
        look()
        assert one().post_reply
        captured = capsys.readouterr()
        said = one().post_reply + caplog.text + captured.out + captured.err
        assert "secret" not in said


@pytest.mark.django_db(transaction=True)
def test_many_witnesses_at_once_tell_it_once(receiver: Receiver) -> None:
    silent()
    together(*[lambda n=n: look(by=f"worker {n}") for n in range(6)])
    look()
    assert posted(receiver) == ["alarm"]
    assert Incident.objects.count() == 1
    well()
    together(*[lambda n=n: look(by=f"worker {n}") for n in range(6)])
    look()
    assert posted(receiver) == ["alarm", "resolved"]


@pytest.mark.django_db
class TestThePulse:
    @pytest.fixture(autouse=True)
    def url(self, outside: Receiver, settings: Settings) -> None:
        settings.HEARTBEAT_URL = outside.url

    def test_it_beats_after_each_sweep_whoever_ran_it(self, outside: Receiver) -> None:
        tasks.sweep()
        call_command("remind")
        assert [request.body for request in outside.requests] == [b"", b""]

    @pytest.mark.parametrize("words", [("--dry-run",), ("--as-of", "2026-03-02"), ("--plan", "test-2026")])
    def test_it_does_not_for_a_sweep_that_is_no_sweep(self, outside: Receiver, words: tuple[str, ...]) -> None:
        plan_with_history()
        call_command("remind", *words)
        assert not outside.requests

    def test_it_does_not_when_the_sweep_failed(self, outside: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("milestones.reminders.engine.sweep", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.sweep()
        assert not outside.requests

    def test_nobody_out_there_harms_no_sweep(self, outside: Receiver) -> None:
        outside.down()
        tasks.sweep()
        assert Heartbeat.objects.filter(name="sweep").exists()


def watchdog(*words: str) -> tuple[int, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("watchdog", *words, stdout=out)
    return int(str(left.value.code)), out.getvalue()


@pytest.mark.django_db
class TestTheWatchdog:
    def test_it_says_nothing_when_all_is_well_so_that_cron_mails_nothing(self, receiver: Receiver) -> None:
        well()
        assert watchdog() == (0, "")
        assert watchdog("-v", "2")[1]

    def test_it_says_what_is_wrong_and_is_no_start_itself(self, receiver: Receiver) -> None:
        assert watchdog()[0] == 1, "nothing has ever run"
        silent()
        code, said = watchdog()
        assert code == 1
        assert len(said.splitlines()) == 2
        assert posted(receiver) == ["alarm"]
        well()
        assert watchdog() == (0, "")
        assert posted(receiver) == ["alarm", "resolved"]


class TestWithoutADatabase:
    @pytest.fixture(autouse=True)
    def folder(self, settings: Settings, tmp_path: Path) -> Path:
        settings.VAR_DIR = tmp_path / "var"
        return tmp_path / "var"

    @pytest.fixture
    def down(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
        def refuse(*_: Any, **__: Any) -> None:
            raise OperationalError("password authentication failed for user secretary")

        with monkeypatch.context() as patch:
            for name in ("cursor", "ensure_connection"):
                patch.setattr(type(connections["default"]), name, refuse)
            yield patch

    def test_it_is_told_once_and_the_exit_code_says_so(self, receiver: Receiver, down: pytest.MonkeyPatch) -> None:
        assert watchdog()[0] == watchdog()[0] == 2
        assert posted(receiver) == ["alarm"]
        assert receiver.requests[0].json["faults"] == ["database"]
        assert b"secretary" not in receiver.requests[0].body

    @pytest.mark.django_db
    def test_it_is_told_when_it_is_back(self, receiver: Receiver, down: pytest.MonkeyPatch) -> None:
        watchdog()
        down.undo()
        well()
        assert watchdog()[0] == watchdog()[0] == 0
        assert posted(receiver) == ["alarm", "resolved"]

    def test_a_receiver_that_is_down_is_tried_again(self, receiver: Receiver, down: pytest.MonkeyPatch) -> None:
        receiver.answer(503, 200)
        for _each in range(3):
            watchdog()
        assert posted(receiver) == ["alarm", "alarm"]

    def test_a_file_that_was_cut_off_is_begun_anew(
        self, receiver: Receiver, down: pytest.MonkeyPatch, folder: Path
    ) -> None:
        folder.mkdir()
        (folder / "no-database.json").write_text('{"since": "20')
        watchdog()
        watchdog()
        assert posted(receiver) == ["alarm"]
        assert json.loads((folder / "no-database.json").read_text())["told"] is True

    def test_a_folder_that_takes_no_file_does_not_silence_it(
        self, receiver: Receiver, down: pytest.MonkeyPatch, folder: Path
    ) -> None:
        folder.write_text("a file in its place")
        assert watchdog()[0] == 2
        assert posted(receiver) == ["alarm"]
