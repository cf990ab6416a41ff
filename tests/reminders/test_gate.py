"""Does mail stop when it is paused, and is a cap kept, however many workers there are?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lingang.addresses import MailTransport
from milestones.actors import Actor
from milestones.errors import Forbidden, RuleBroken
from milestones.mail import gate
from milestones.models import ChangeEntry, MailGate, MailWindow, Milestone, OutgoingMail
from milestones.people import operations as people
from milestones.reminders import claims, delivery
from tests.reminders.world import SYSTEM, World, at
from tests.servers.smtp import SmtpSink
from tests.two_at_once import together

DAY = datetime(2023, 6, 27).date()
NOON = at(DAY, 12, 0)


@pytest.fixture
def server(settings: Any, smtp_sink: SmtpSink) -> SmtpSink:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    return smtp_sink


def letters(world: World, count: int, domain: str = "example.org", kind: str = "duties") -> list[OutgoingMail]:
    """So many mails that carry nothing, due one second after the other."""
    start = OutgoingMail.objects.count()
    rows = [
        OutgoingMail(
            kind=kind,
            to=f"p{number}@{domain}",
            language="en",
            subject="s",
            text="t",
            html="h",
            due_at=NOON - timedelta(hours=1) + timedelta(seconds=number),
            created_at=NOON - timedelta(hours=1) + timedelta(seconds=number),
        )
        for number in range(start, start + count)
    ]
    return OutgoingMail.objects.bulk_create(rows)


def deliver(now: datetime = NOON, **options: Any) -> delivery.Delivered:
    return delivery.deliver(lambda: now, **options)


def ticking(step: timedelta, act: Callable[[int], None] = lambda _tick: None) -> Callable[[], datetime]:
    """A clock that moves at each look; `act` is told how often it was looked at."""
    ticks = iter(range(1_000_000))

    def clock() -> datetime:
        tick = next(ticks)
        act(tick)
        return NOON + step * tick

    return clock


def states() -> Counter[str]:
    return Counter(OutgoingMail.objects.values_list("state", flat=True))


def cap(per_minute: int | None = None, per_domain: int | None = None) -> None:
    gate.set_caps(per_minute=per_minute, per_domain=per_domain, actor=SYSTEM, now=NOON)


# --- Pause ------------------------------------------------------------------------------------------------------------
def test_nothing_leaves_while_mail_is_paused(world: World, server: SmtpSink) -> None:
    letters(world, 3)
    people.send_test(world.owner, actor=SYSTEM, now=NOON)
    gate.pause(reason="wrong plan", actor=SYSTEM, now=NOON)
    assert deliver().held == "paused"
    assert (server.received, states()) == ([], {"queued": 4})
    gate.resume(actor=SYSTEM, now=NOON)
    assert deliver().sent == 4


def test_a_pause_stops_a_run_in_the_middle_of_its_batch(world: World, server: SmtpSink) -> None:
    mails = letters(world, 20)
    before = {mail.pk: mail.due_at for mail in mails}

    def act(_tick: int) -> None:
        if len(server.received) == 5 and not MailGate.objects.exists():
            gate.pause(reason="stop", actor=SYSTEM, now=NOON)

    done = delivery.deliver(ticking(timedelta(milliseconds=400), act))
    assert 5 <= done.sent <= 6
    assert done.held == "paused"
    waiting = OutgoingMail.objects.filter(state="queued")
    assert waiting.count() == 20 - done.sent
    assert all(mail.due_at == before[mail.pk] and mail.attempts == 0 for mail in waiting)


def test_what_was_paused_leaves_in_its_order(world: World, server: SmtpSink) -> None:
    mails = letters(world, 12)
    gate.pause(reason="stop", actor=SYSTEM, now=NOON)
    deliver()
    gate.resume(actor=SYSTEM, now=NOON)
    deliver(NOON + timedelta(hours=2))
    assert [one.recipients[0] for one in server.received] == [mail.to for mail in mails]


def test_what_was_paused_is_asked_again_whether_it_applies(world: World, server: SmtpSink) -> None:
    world.milestone("M-1")
    world.sweep(DAY)
    gate.pause(reason="stop", actor=SYSTEM, now=NOON)
    assert delivery.deliver(lambda: at(DAY)).held == "paused"
    Milestone.objects.filter(code="M-1").update(state="cancelled")
    gate.resume(actor=SYSTEM, now=NOON)
    assert delivery.deliver(lambda: at(DAY)).sent == 0
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"suppressed"}


def test_only_the_office_pauses_and_says_why(world: World) -> None:
    with pytest.raises(Forbidden):
        gate.pause(reason="x", actor=Actor(world.owner, "web"), now=NOON)
    with pytest.raises(RuleBroken):
        gate.pause(reason=" ", actor=Actor(world.office, "admin"), now=NOON)
    paused = gate.pause(reason="x", actor=Actor(world.office, "admin"), now=NOON)
    assert (paused.paused_by, paused.pause_reason) == (world.office, "x")
    with pytest.raises(gate.Paused):
        gate.pause(reason="y", actor=SYSTEM, now=NOON)
    gate.resume(actor=SYSTEM, now=NOON)
    with pytest.raises(gate.NotPaused):
        gate.resume(actor=SYSTEM, now=NOON)
    assert list(ChangeEntry.objects.filter(entity="mailgate").order_by("id").values_list("verb", flat=True)) == [
        "mail.pause",
        "mail.resume",
    ]


# --- Caps -------------------------------------------------------------------------------------------------------------
def test_a_minute_lets_through_what_its_cap_says(world: World, server: SmtpSink) -> None:
    letters(world, 10)
    cap(per_minute=4)
    done = deliver()
    assert (done.sent, done.held) == (4, "capped")
    assert deliver(NOON + timedelta(seconds=59)).sent == 0
    assert states() == {"sent": 4, "queued": 6}
    assert [deliver(NOON + timedelta(minutes=n)).sent for n in (1, 2, 3)] == [4, 2, 0]
    assert [one.recipients[0] for one in server.received] == [f"p{n}@example.org" for n in range(10)]


def test_a_domain_at_its_cap_stands_in_nobodys_way(world: World, server: SmtpSink) -> None:
    letters(world, 120)
    letters(world, 5, "elsewhere.cn")
    letters(world, 5, "ELSEWHERE.cn")
    cap(per_domain=8)
    assert deliver().sent == 16
    domains = Counter(one.recipients[0].partition("@")[2].lower() for one in server.received)
    assert domains == {"example.org": 8, "elsewhere.cn": 8}
    assert deliver(NOON + timedelta(minutes=1)).sent == 10


def test_many_to_one_domain_are_given_their_minutes_and_not_looked_at_before(world: World, server: SmtpSink) -> None:
    letters(world, 650)
    cap(per_domain=50)
    assert deliver().sent == 50
    due = OutgoingMail.objects.filter(state="queued", due_at__lte=NOON)
    assert due.count() == 500
    letters(world, 3, "elsewhere.cn")
    assert deliver().sent == 3
    held = OutgoingMail.objects.filter(state="queued", due_at__gt=NOON).order_by("due_at", "id")
    assert held.count() == 100
    assert list(held.values_list("created_at", flat=True)) == sorted(held.values_list("created_at", flat=True))
    assert OutgoingMail.objects.latest("due_at").due_at <= NOON + timedelta(minutes=600 / 50)
    for minute in range(1, 13):
        deliver(NOON + timedelta(minutes=minute))
    assert states() == {"sent": 653}
    per_minute = Counter(MailWindow.objects.exclude(domain="").values_list("minute", "taken"))
    assert max(taken for _minute, taken in per_minute) == 50


def test_a_cap_that_is_lifted_lets_go_what_waited_for_its_turn(world: World, server: SmtpSink) -> None:
    letters(world, 700)
    cap(per_domain=10)
    deliver()
    cap()
    assert deliver().sent == 690
    assert [one.recipients[0] for one in server.received] == [f"p{n}@example.org" for n in range(700)]


def test_what_is_held_back_as_outdated_takes_no_share(world: World, server: SmtpSink) -> None:
    letters(world, 2)
    leaver = world.person("leaver", "viewer")
    OutgoingMail.objects.update(recipient=leaver)
    type(leaver).objects.filter(pk=leaver.pk).update(is_active=False)
    letters(world, 2)
    cap(per_minute=2)
    done = deliver()
    assert (done.suppressed, done.sent) == (2, 2)


def test_a_share_that_was_not_used_in_its_minute_is_lost_and_never_passed(world: World, server: SmtpSink) -> None:
    letters(world, 40)
    cap(per_minute=30)
    times: list[datetime] = []
    clock = ticking(timedelta(seconds=1))

    def told() -> datetime:
        now = clock()
        times.append(now)
        return now

    def received_in(minute: int) -> int:
        return Counter(sent)[minute]

    sent: list[int] = []
    original = delivery._Run.send

    def send(run: Any, mail: OutgoingMail) -> Any:
        sent.append((times[-1] - NOON) // timedelta(minutes=1))
        return original(run, mail)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery._Run, "send", send)
        done = delivery.deliver(told)
    assert done.sent == len(sent)
    assert all(received_in(minute) <= 30 for minute in set(sent))
    assert len(set(sent)) > 1
    assert not OutgoingMail.objects.filter(state="sending").exists()


@pytest.mark.parametrize(("per_minute", "per_domain"), [(0, None), (None, -1)])
def test_a_cap_of_nothing_is_refused(world: World, per_minute: int | None, per_domain: int | None) -> None:
    with pytest.raises(RuleBroken):
        cap(per_minute, per_domain)


def test_without_caps_a_batch_costs_one_small_query_more(world: World) -> None:
    letters(world, 3)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        claims.claim(50, NOON, NOON, by="h:1:1:1")
    said = [query["sql"] or "" for query in queries]  # of what travels together the driver keeps no text
    ours = [sql for sql in said if "mailgate" in sql or "mailwindow" in sql]
    assert len(ours) == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_share_one_cap(smtp_world: World, server: SmtpSink) -> None:
    letters(smtp_world, 200)
    letters(smtp_world, 20, "elsewhere.cn")
    cap(per_minute=61, per_domain=45)
    runs = together(*[deliver] * 4)
    assert [run for run in runs if not isinstance(run, delivery.Delivered)] == []
    domains = Counter(one.recipients[0].partition("@")[2] for one in server.received)
    assert len(server.received) == 61
    assert domains == {"example.org": 45, "elsewhere.cn": 16}
    assert set(Counter(one.recipients[0] for one in server.received).values()) == {1}
    together(*[lambda: deliver(NOON + timedelta(minutes=1))] * 4)
    assert len(server.received) == 61 + 45 + 4
