"""One assessment of health without Celery: how many milestones stand otherwise than before?"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from milestones.planning import assessing


class Command(BaseCommand):
    help = "Bring the health of milestones up to date: now, or as at 23:59 (TIME_ZONE) of a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, as_of: date | None, **options: Any) -> None:
        now = datetime.combine(as_of, time(23, 59), ZoneInfo(settings.TIME_ZONE)) if as_of else timezone.now()
        self.stdout.write(f"changed {assessing.assess(now)}")
