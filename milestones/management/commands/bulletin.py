"""The weekly bulletin without Celery: queue it when its day has come, or show it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from milestones.bulletins import asking


class Command(BaseCommand):
    help = "Queue the weekly bulletin on its day: now, or as at 23:59 (TIME_ZONE) of a day; or print it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="print what would leave, store nothing")

    def handle(self, *args: Any, as_of: date | None, dry_run: bool, **options: Any) -> None:
        zone = ZoneInfo(settings.TIME_ZONE)
        now = datetime.combine(as_of, time(23, 59), zone) if as_of else timezone.now()
        if dry_run:
            self._show(now.astimezone(zone).date(), now)
        else:
            self.stdout.write(f"bulletins {asking.ask(now)}")

    def _show(self, day: date, now: datetime) -> None:
        mails = asking.preview(day, now=now)
        for mail in mails:
            self.stdout.write(f"To: {mail.to}\nSubject: {mail.subject}\n\n{mail.text}\n")
        self.stdout.write(f"bulletins {len(mails)}")
        if not mails:
            self.stdout.write(f"next on {asking.next_day(day)}")
