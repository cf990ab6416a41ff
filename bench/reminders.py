"""How fast are sweep, rendering and delivery, beside a plain smtplib loop against the same server?"""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from bench import sink
from bench.figures import figure, median, peak_mb, ratio, seconds

MAILS = 2000
ITEMS = 5


def run() -> None:
    server, port = sink.started()
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    try:
        _run(port)
    finally:
        server.terminate()
        server.wait()


def _run(port: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _mail(port)
    _job()
    _planning()
    _date_change()
    _sweeps()


# --- One mail after another -------------------------------------------------------------------------------------------
def _mail(port: int) -> None:
    """2,000 queued 5-item digests, already rendered: claim → accepted → marked, against build and send in one loop."""
    limit = median(lambda: MAILS / _smtplib_loop(port))
    ratio("reminders.mail_vs_smtplib_1_worker", median(lambda: MAILS / _delivered(1)), limit)
    ratio("reminders.mail_vs_smtplib_2_workers", median(lambda: MAILS / _delivered(2)), limit)
    _size_of_mails()
    figure("reminders.render_per_s", median(_renders), "digests/s")


def _size_of_mails() -> None:
    from django.db import connection

    from milestones.models import OutgoingMail

    if connection.vendor == "postgresql":
        figure("reminders.mail_row_bytes", _bytes(OutgoingMail, MAILS), "bytes")


def _queue_digests() -> None:
    from bench import data
    from milestones.models import Reminder
    from milestones.reminders import digests, engine

    data.empty()
    owners = data.people(MAILS)
    data.milestones(0, MAILS * ITEMS, data.DUE_IN_7, owners, data.NOW)
    engine.sweep(data.NOW)
    assert Reminder.objects.filter(state="claimed").count() == MAILS * ITEMS, digests


def _delivered(workers: int) -> float:
    """Seconds from the word go until every mail is accepted and marked, start of the processes not counted."""
    from milestones.models import OutgoingMail

    _queue_digests()
    with ExitStack() as stack:
        crew = [stack.enter_context(_worker()) for _ in range(workers)]
        start = time.perf_counter()
        for worker, say in crew:
            say()
            assert worker.stdin is not None
            worker.stdin.close()
        for worker, _say in crew:
            worker.wait()
        passed = time.perf_counter() - start
    assert OutgoingMail.objects.filter(state="sent").count() == MAILS
    return passed


def _smtplib_loop(port: int) -> float:
    """The limit: the same text and HTML built with email.message, sent over one connection."""
    from milestones.models import OutgoingMail

    _queue_digests()
    rows = list(OutgoingMail.objects.values_list("to", "subject", "text", "html"))

    def loop() -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
            for to, subject, text, html in rows:
                message = EmailMessage()
                message["From"], message["To"], message["Subject"] = "milestones@localhost", to, subject
                message.set_content(text)
                message.add_alternative(html, subtype="html")
                smtp.send_message(message)

    return seconds(loop)


def _renders() -> float:
    from bench import data
    from milestones.mail.digest import digest
    from milestones.models import Person, Reminder
    from milestones.planning.calendars import calendar
    from milestones.reminders.items import items_of

    person = Person.objects.filter(language="zh-hans")[0]
    items = list(items_of(Reminder.objects.filter(recipient=person)))[:ITEMS]
    varied = [[i._replace(title=f"{i.title} {n}") for i in items] for n in range(300)]
    days, today = calendar(), data.NOW.date()
    digest("digest", person, items, today, days, now=data.NOW)
    passed = seconds(lambda: [digest("digest", person, one, today, days, now=data.NOW) for one in varied])
    return len(varied) / passed


# --- The whole job ----------------------------------------------------------------------------------------------------
def _job() -> None:
    figure("reminders.job_10k_items_200_people_s", median(_one_job), "s")


def _one_job() -> float:
    """One process sweeps, another delivers whenever mails were queued: as an installation's two queues do."""
    from bench import data
    from milestones.models import OutgoingMail
    from milestones.reminders import engine

    data.empty()
    data.milestones(0, 10_000, data.DUE_IN_7, data.people(200), data.NOW)
    with _worker() as (worker, say):

        def work() -> None:
            engine.sweep(data.NOW, queued_some=say)
            say()
            assert worker.stdin is not None
            worker.stdin.close()
            worker.wait()

        passed = seconds(work)
    assert OutgoingMail.objects.filter(state="sent").count() == 200
    return passed


@contextmanager
def _worker(work: str = "deliver") -> Iterator[tuple[subprocess.Popen[str], Callable[[], None]]]:
    """A started worker, and how to tell it that there is something to do."""
    environment = {**os.environ, "DATABASE_URL": _database_url()}
    command = [sys.executable, "-m", "bench.worker", work]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert worker.stdin is not None
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    stdin = worker.stdin

    def say() -> None:
        stdin.write("go\n")
        stdin.flush()

    yield worker, say
    assert worker.wait() == 0


# --- A night's planning, shared out -----------------------------------------------------------------------------------
PLANNED = 40_000


def _planning() -> None:
    """From due milestones to ledger rows, by one process and by two; nobody's hour has come, so no mail is composed."""
    for workers in (1, 2):
        figure(
            f"reminders.planning_{workers}_worker{'s' if workers > 1 else ''}_per_s",
            median(lambda: PLANNED / _planned(workers)),  # noqa: B023 - called at once
            "rows/s",
        )
    from django.db import connection

    from milestones.models import Milestone, Reminder

    if connection.vendor == "postgresql":
        figure("reminders.ledger_row_bytes", _bytes(Reminder, PLANNED), "bytes")
        figure("reminders.milestone_row_bytes", _bytes(Milestone, PLANNED), "bytes")


def _bytes(model: Any, rows: int) -> float:
    """What one row takes on disk, with its share of the indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [model._meta.db_table])
        return float(cursor.fetchone()[0]) / rows


def _planned(workers: int) -> float:
    from bench import data
    from milestones.models import Reminder

    data.empty()
    data.milestones(0, PLANNED, data.DUE_IN_7, data.people(800), data.NIGHT)
    with ExitStack() as stack:
        crew = [stack.enter_context(_worker("plan")) for _ in range(workers)]
        start = time.perf_counter()
        for worker, say in crew:
            say()
            assert worker.stdin is not None
            worker.stdin.close()
        for worker, _say in crew:
            worker.wait()
        passed = time.perf_counter() - start
    assert Reminder.objects.filter(state="planned").count() == PLANNED
    return passed


def _date_change() -> None:
    """Somebody moves a date: until the ledger is right again, the old row held back and the new step planned."""
    from bench import data

    data.empty()
    owners = data.people(200)
    data.milestones(0, 10_000, data.DUE_IN_7, owners, data.NOW)
    from milestones.reminders import engine

    engine.sweep(data.NIGHT + timedelta(hours=1))
    engine.sweep(data.NOW)
    numbers = iter(range(10_000))
    figure("reminders.date_change_to_ledger_ms", 1000 * median(lambda: _corrected(next(numbers)), 15), "ms")


def _corrected(number: int) -> float:
    from bench import data
    from milestones.actors import Actor
    from milestones.models import Milestone, Reminder
    from milestones.planning import operations
    from milestones.reminders import engine
    from milestones.workdays.periods import FuzzyDate

    milestone = Milestone.objects.select_related("plan", "accountable", "workstream").get(code=f"B-{number}")
    now = data.NOW + timedelta(minutes=number + 1)
    today = FuzzyDate(data.NOW.date())  # its step is planned at once

    def work() -> None:
        operations.reschedule(milestone, today, reason="bench", actor=Actor.system(), now=now)
        engine.sweep(now)

    passed = seconds(work)
    assert Reminder.objects.filter(milestone=milestone, due_version=milestone.due_version).exists()
    return passed


# --- Many milestones, few due -----------------------------------------------------------------------------------------
def _sweeps() -> None:
    small = _sweep_seconds(10_000)
    large = _sweep_seconds(1_000_000)
    figure("reminders.sweep_1000_due_of_10k_s", small, "s")
    figure("reminders.sweep_1000_due_of_1m_s", large, "s")
    figure("reminders.sweep_ratio_1m_vs_10k", large / small, "ratio")
    figure("reminders.sweep_peak_mb", peak_mb(), "MiB")


def _sweep_seconds(total: int) -> float:
    from bench import data
    from milestones.models import NextLook

    data.empty()
    owners = data.people(200)
    data.milestones(0, 1000, data.DUE_IN_7, owners, data.NOW)
    asleep = data.NOW + timedelta(days=30)
    data.milestones(1000, total - 1000, data.FAR, owners, asleep)

    def once() -> float:
        from milestones.models import OutgoingMail, Reminder

        Reminder.objects.all()._raw_delete("default")
        OutgoingMail.objects.all()._raw_delete("default")
        NextLook.objects.filter(milestone__due_on=data.DUE_IN_7).update(at=data.NOW)
        return _swept()

    once()
    return median(once, 5)


def _swept() -> float:
    from bench import data
    from milestones.reminders import engine

    report: Any = None

    def work() -> None:
        nonlocal report
        report = engine.sweep(data.NOW)

    passed = seconds(work)
    assert report.planned == 1000, report
    return passed


def _database_url() -> str:
    from tests.servers.installation import database_url

    return database_url()
