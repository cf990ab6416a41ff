"""Do reminders leave? The ages of the last sweep and of the oldest mail that should have left, and the broker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from milestones.models import Heartbeat
from milestones.workdays.calendar import Calendar

from . import outbox
from .outbox import Outbox

# Beat asks for a sweep every minute. Five are a worker that is being restarted, or one long sweep; more is nobody.
SWEEP_MAY_BE_OLD = timedelta(minutes=5)
# Delivery runs every 30 seconds, and the largest morning (a thousand digests) is through in a few minutes.
MAIL_MAY_WAIT = timedelta(minutes=15)
SECONDS_FOR_THE_BROKER = 1


@dataclass(frozen=True)
class Condition:
    """How things stood at `now`. `last_sweep` is None before the first one; `started` is when this process began."""

    now: datetime
    started: datetime
    last_sweep: datetime | None
    mail: Outbox
    broker: bool

    @property
    def sweep_age(self) -> timedelta:
        """Since the last sweep or, when that is later, since the start: a system just started is not late yet."""
        return self.now - max(self.started, self.last_sweep or self.started)

    @property
    def oldest_due_age(self) -> timedelta:
        return self.now - (self.mail.oldest_due or self.now)

    @property
    def refused_age(self) -> timedelta:
        return self.now - (self.mail.nothing_taken_since or self.now)

    def problems(self) -> list[str]:
        """What is wrong, in plain English for whoever is called at night; empty when all is well."""
        swept, due, refused = (minutes(age) for age in (self.sweep_age, self.oldest_due_age, self.refused_age))
        found = {
            f"no sweep for {swept} minutes: look at worker and beat": self.sweep_age > SWEEP_MAY_BE_OLD,
            f"a mail is due for {due} minutes: look at the worker of the queue mail": (
                self.oldest_due_age > MAIL_MAY_WAIT
            ),
            f"the mail server takes nothing for {refused} minutes: the outbox holds its words": (
                self.refused_age > MAIL_MAY_WAIT
            ),
            "the broker does not answer: nothing starts until it does": not self.broker,
        }
        return [words for words, true in found.items() if true]


def condition(*, now: datetime, started: datetime) -> Condition:
    """A few small queries and a word with the broker."""
    last_sweep = Heartbeat.objects.filter(name="sweep").values_list("at", flat=True).first()
    return Condition(now, started, last_sweep, outbox.look(now), broker_answers())


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


def minutes(age: timedelta) -> int:
    return int(age.total_seconds() // 60)
