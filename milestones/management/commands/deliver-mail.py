"""Drain the outbox once: what left, what did not, and what did the server say?"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from milestones.models import Channel
from milestones.reminders import claims, delivery

HELD = {
    claims.PAUSED: "paused: nothing leaves until the office resumes",
    claims.CAPPED: "capped: the others leave in the next minutes",
}


class Command(BaseCommand):
    help = "Send what is due in the outbox; with --as-of the re-check uses that day (23:59, TIME_ZONE)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--limit", type=int, metavar="N")

    def handle(self, *args: Any, as_of: date | None, limit: int | None, **options: Any) -> None:
        moment = datetime.combine(as_of, time(23, 59), ZoneInfo(settings.TIME_ZONE)) if as_of else None
        done = delivery.deliver(timezone.now, as_of=moment, limit=limit)
        self.stdout.write(f"sent {done.sent}  failed {done.failed}  retry {done.retry}  suppressed {done.suppressed}")
        if done.held:
            self.stdout.write(HELD[done.held])
        if done.unavailable:
            self.stderr.write(f"mail server: {done.unavailable}")
        self.post(moment, limit)

    def post(self, moment: datetime | None, limit: int | None) -> None:
        """After the mails: they do not wait for a receiver that says nothing."""
        done = delivery.deliver(timezone.now, channel=Channel.WEBHOOK, as_of=moment, limit=limit)
        if done != delivery.Delivered():
            counts = f"sent {done.sent}  failed {done.failed}  retry {done.retry}  suppressed {done.suppressed}"
            self.stdout.write(f"webhooks: {counts}")
