"""Do reminders leave? How long ago the jobs ran, how long mails wait, and whether the broker is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from milestones.models import Heartbeat
from milestones.workdays.calendar import Calendar

from . import outbox, telling
from .faults import Fault, Problem
from .outbox import Outbox
from .telling import Telling

SECONDS_FOR_THE_BROKER = 1


def sweep_limit() -> timedelta:
    """Beat asks for a sweep every minute. Five are a worker that is being restarted, or a long sweep."""
    return timedelta(seconds=settings.SWEEP_LATE_AFTER)


def delivery_limit() -> timedelta:
    """Asked for every half minute; with a slow mail server one run takes up to seven minutes."""
    return timedelta(seconds=settings.DELIVERY_LATE_AFTER)


def mail_limit() -> timedelta:
    """The largest morning (a thousand digests) is through in a few minutes."""
    return timedelta(seconds=settings.MAIL_LATE_AFTER)


@dataclass(frozen=True)
class Condition:
    """How things stood at `now`. `last_…` are None before the first one; `started` is when the process that looks
    began, None for one that has no such excuse."""

    now: datetime
    started: datetime | None
    last_sweep: datetime | None
    last_delivery: datetime | None
    mail: Outbox
    broker: bool
    telling: tuple[Telling, ...] = ()

    @property
    def swept(self) -> datetime | None:
        """The last sweep or, when that is later, the start: a system just started is not late yet."""
        return latest(self.started, self.last_sweep)

    @property
    def delivered(self) -> datetime | None:
        return latest(self.started, self.last_delivery)

    def problems(self) -> list[Problem]:
        """What is wrong, the cause before its effects; empty when all is well."""
        now, mail, stuck = self.now, self.mail, self.stuck()
        found = {
            Problem(Fault.SWEEP, self.swept): is_late(self.swept, now, sweep_limit()),
            Problem(Fault.DELIVERY, self.delivered): is_late(self.delivered, now, delivery_limit()),
            Problem(Fault.MAIL, mail.waiting_since): waits(mail.waiting_since, now)
            and not mail.moves(now, mail_limit()),
            Problem(Fault.SERVER, mail.refused_since): waits(mail.refused_since, now),
            Problem(Fault.WEBHOOKS, stuck.last if stuck else None): stuck is not None,
            # Cron alone needs none: it is missed only when jobs are missing too.
            Problem(Fault.BROKER): not self.broker and not self.runs(),
        }
        return [problem for problem, true in found.items() if true]

    def stuck(self) -> Telling | None:
        """Something waits for a webhook, and nobody has been at it lately."""
        limit = delivery_limit()
        for one in self.telling:
            if waits(one.waiting_since, self.now) and is_late(latest(self.started, one.last), self.now, limit):
                return one
        return None

    def runs(self) -> bool:
        """Whether both jobs did their work lately, whoever started them."""
        sweeps = not is_late(self.last_sweep, self.now, sweep_limit())
        return sweeps and not is_late(self.last_delivery, self.now, delivery_limit())

    def strictly(self) -> Condition:
        """The same for one who knows that it was running before: a start excuses nothing."""
        return replace(self, started=None)


def condition(*, now: datetime, started: datetime | None) -> Condition:
    """A few small queries and a word with the broker."""
    jobs = ["sweep", "delivery", telling.POSTS, telling.MESSAGES]
    beats = dict(Heartbeat.objects.filter(name__in=jobs).values_list("name", "at"))
    ran, untold = (beats.get("sweep"), beats.get("delivery")), telling.look(beats, now)
    return Condition(now, started, *ran, outbox.look(now), broker_answers(), untold)


def latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def is_late(last: datetime | None, now: datetime, limit: timedelta) -> bool:
    return last is None or now - last > limit


def waits(since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since > mail_limit()


def broker_answers() -> bool:
    """Whether the broker takes a connection within a second."""
    from kombu.connection import Connection
    from kombu.exceptions import OperationalError

    patience = {"socket_connect_timeout": SECONDS_FOR_THE_BROKER, "socket_timeout": SECONDS_FOR_THE_BROKER}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=patience) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=SECONDS_FOR_THE_BROKER)
    except (OperationalError, OSError):
        return False
    return True


def provisional_years(now: datetime) -> list[int]:
    """Years in which reminders count now and whose make-up days are not known: this one, in December the next too."""
    years = [now.year] if now.month < 12 else [now.year, now.year + 1]
    return [year for year in years if Calendar().is_provisional(year)]
