"""What can keep reminders from leaving, and in which words is it told?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import override


class Fault(StrEnum):
    """Stored in incidents and sent to the alarm's receiver."""

    SWEEP = "sweep"
    DELIVERY = "delivery"
    MAIL = "mail"
    SERVER = "server"
    WEBHOOKS = "webhooks"
    BROKER = "broker"
    DATABASE = "database"


@dataclass(frozen=True)
class Problem:
    """`since` is None where nobody knows: it never worked, or it was only just asked."""

    fault: Fault
    since: datetime | None = None

    def words(self, now: datetime) -> str:
        """One line that says what is wrong and where to look, in the language that is switched on."""
        if self.since is None:
            return _undated()[self.fault]
        return _dated()[self.fault] % {"minutes": int((now - self.since).total_seconds() // 60)}

    def plain(self, now: datetime) -> str:
        """The same in English, whatever is switched on: for monitors that look for words."""
        with override("en"):
            return self.words(now)

    def stored(self) -> dict[str, Any]:
        return {"fault": self.fault.value, "since": self.since.isoformat() if self.since else None}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """What `stored` wrote."""
        return cls(Fault(stored["fault"]), datetime.fromisoformat(stored["since"]) if stored["since"] else None)


def _dated() -> dict[Fault, str]:
    return {
        **_undated(),
        Fault.SWEEP: _("no sweep for %(minutes)s minutes: look at worker and beat"),
        Fault.DELIVERY: _("no delivery for %(minutes)s minutes: look at the worker of the queue mail"),
        Fault.MAIL: _("a mail is due for %(minutes)s minutes: look at the worker of the queue mail"),
        Fault.SERVER: _("the mail server takes nothing for %(minutes)s minutes: the outbox holds its words"),
        Fault.WEBHOOKS: _(
            "nothing was posted to webhooks for %(minutes)s minutes, and something waits: look at the worker of the "
            "queue webhooks"
        ),
        Fault.DATABASE: _("the database does not answer for %(minutes)s minutes: nothing works until it does"),
    }


def _undated() -> dict[Fault, str]:
    return {
        Fault.SWEEP: _("no sweep has ever run: look at worker and beat"),
        Fault.DELIVERY: _("no delivery has ever run: look at the worker of the queue mail"),
        Fault.MAIL: _("mails wait: look at the worker of the queue mail"),
        Fault.SERVER: _("the mail server takes nothing: the outbox holds its words"),
        Fault.WEBHOOKS: _("messages to webhooks wait: look at the worker of the queue webhooks"),
        Fault.BROKER: _("the broker does not answer: nothing starts until it does"),
        Fault.DATABASE: _("the database does not answer: nothing works until it does"),
    }
