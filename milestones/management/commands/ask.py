"""One round of asking without Celery: how many mails about expected reports, decisions and readings were queued?"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from milestones.extensions import asking as decisions
from milestones.status_reports import asking as reports
from milestones.targets import asking as readings


class Command(BaseCommand):
    help = "Queue the mails that ask for reports, decisions and readings: today's, or as at 23:59 (TIME_ZONE) of a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, as_of: date | None, **options: Any) -> None:
        now = datetime.combine(as_of, time(23, 59), ZoneInfo(settings.TIME_ZONE)) if as_of else timezone.now()
        asked = f"reports {reports.ask(now)}  decisions {decisions.ask(now)}  readings {readings.ask(now)}"
        self.stdout.write(asked)
