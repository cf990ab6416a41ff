"""What do real workers, beats and brokers do when they are killed, doubled or cut off?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from milestones.models import Milestone, NextLook, OutgoingMail, Reminder
from milestones.models.base import uuid7
from milestones.planning import day_overrides, operations
from milestones.planning.calendars import calendar
from milestones.tasks import deliver_mail, sweep
from milestones.workdays.periods import FuzzyDate
from tests.reminders.world import SHANGHAI, SYSTEM, World, person
from tests.servers.installation import Installation
from tests.servers.smtp import SmtpSink
from tests.servers.valkey import Valkey

Make = Callable[..., Installation]


def due_today(world: World, count: int) -> None:
    """`count` owners, each with a milestone that is due on the real today: real processes have the real clock.

    A day off is declared worked, or nothing could leave on it.
    """
    today = datetime.now(SHANGHAI).date()
    moment = timezone.now() - timedelta(minutes=1)
    if not calendar().is_workday(today):
        day_overrides.declare(today, is_working=True, note="tests work", actor=SYSTEM, now=moment)
    for number in range(count):
        owner = person(f"reader{number:03}", "owner", send_hour=0)
        columns = {"workstream": world.stream, "code": f"R-{number:03}", "title": "Due today", "kind": "other"}
        values = {**columns, "due": FuzzyDate(today), "accountable": owner}
        operations.create(world.plan, values, actor=SYSTEM, now=moment)
    OutgoingMail.objects.all().delete()


def wait(condition: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"gave up waiting until {what}"
        connection.close()  # a test process's snapshot must not stand still
        time.sleep(0.1)


def received(sink: SmtpSink) -> Counter[str]:
    return Counter(address for one in sink.received for address in one.recipients)


def sent() -> int:
    return OutgoingMail.objects.filter(state="sent").count()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_500_mails(
    smtp_world: World, installation: Make, broker: Valkey, smtp_sink: SmtpSink
) -> None:
    """kill -9, then recovery: everybody has the mail; a double only for the one mail that was on its way."""
    due_today(smtp_world, 500)
    site = installation(REDIS_URL=broker.url, EMAIL_URL=smtp_sink.url)
    site.manage("remind")
    assert OutgoingMail.objects.filter(state="queued").count() == 500
    smtp_sink.answer_slowly(0.005)
    worker = site.worker(queues="mail")
    _ask_for_delivery()
    wait(lambda: len(smtp_sink.received) >= 120, 60, "120 mails have arrived")
    site.kill(worker)
    assert sent() < 500
    site.manage("deliver-mail")
    assert received(smtp_sink).keys() == {f"reader{number:03}@example.org" for number in range(500)}
    doubled = [address for address, count in received(smtp_sink).items() if count > 1]
    assert len(doubled) <= 1
    assert sent() == 500
    assert not Reminder.objects.exclude(state="sent").exists()


@pytest.mark.django_db(transaction=True)
def test_two_beats_and_several_workers_send_nothing_twice(
    smtp_world: World, installation: Make, broker: Valkey, smtp_sink: SmtpSink
) -> None:
    due_today(smtp_world, 60)
    site = installation(REDIS_URL=broker.url, EMAIL_URL=smtp_sink.url)
    for _each in range(4 if connection.vendor == "postgresql" else 2):
        site.worker()
    for _each in range(2):
        site.beat()
    _ask_for_sweeps(6)
    wait(lambda: sent() == 60, 90, "all mails are sent")
    NextLook.objects.update(at=timezone.now())
    _ask_for_sweeps(6)
    wait(lambda: not NextLook.objects.due(timezone.now()).exists(), 60, "all was looked at again")
    assert set(received(smtp_sink).values()) == {1}
    assert Reminder.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_comes_back_finds_the_sweep_going_on(
    smtp_world: World, installation: Make, broker: Valkey, smtp_sink: SmtpSink
) -> None:
    """Nothing depends on a message: what was in the queue when the broker died is done by the next sweep."""
    due_today(smtp_world, 5)
    site = installation(REDIS_URL=broker.url, EMAIL_URL=smtp_sink.url)
    site.worker()
    broker.stop()
    time.sleep(1)
    broker.start()
    _ask_for_sweeps(1)
    wait(lambda: sent() == 5, 90, "all mails are sent")
    assert set(received(smtp_sink).values()) == {1}


def _ask_for_delivery() -> None:
    deliver_mail.delay()


def _ask_for_sweeps(times: int) -> None:
    for _each in range(times):
        sweep.delay()


@pytest.mark.django_db(transaction=True)
def test_a_large_sweep_is_shared_out_and_everybody_still_gets_one_digest(
    smtp_world: World, installation: Make, broker: Valkey, smtp_sink: SmtpSink
) -> None:
    """Chunks fan out over the broker; who takes the last one composes: no digest leaves without a part of its items."""
    due_today(smtp_world, 20)
    _multiply(2_500)
    site = installation(REDIS_URL=broker.url, EMAIL_URL=smtp_sink.url)
    for _each in range(2):
        site.worker()
    _ask_for_sweeps(1)
    wait(lambda: sent() == 20, 90, "all mails are sent")
    assert not NextLook.objects.due(timezone.now()).exists()
    assert Reminder.objects.filter(state="sent").count() == 2_500
    carried = Reminder.objects.values_list("mail").annotate(Count("pk")).values_list("pk__count", flat=True)
    assert set(carried) == {125}
    assert set(received(smtp_sink).values()) == {1}
    if connection.vendor == "postgresql":
        assert "look_at_chunks" in "".join(path.read_text(errors="replace") for path in site.folder.glob("*.log"))


def _multiply(total: int) -> None:
    """Copies of the milestones that are due today, until there are so many."""
    originals = list(Milestone.objects.exclude(code="M-0"))
    copies = []
    for number in range(len(originals), total):
        one = copy(originals[number % len(originals)])
        one.pk, one.code, one._state = uuid7(), f"C-{number:04}", copy(one._state)
        one._state.adding = True
        copies.append(one)
    Milestone.objects.bulk_create(copies)
    NextLook.objects.wake(Milestone.objects.exclude(code="M-0"), timezone.now())
