"""Why did somebody get a mail about a milestone, or not?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from milestones.management import lookup
from milestones.reminders import explain, explain_asks, explain_words


class Command(BaseCommand):
    help = "Every step of a milestone's ladder for one person: when it fell, what became of it, and the mail's journey."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--milestone", required=True, metavar="CODE", help="FIN-07, or lingang-2023/FIN-07")
        parser.add_argument("--person", required=True, metavar="EMAIL")

    def handle(self, *args: Any, milestone: str, person: str, **options: Any) -> None:
        reader = lookup.person(person)
        for one in lookup.milestones(milestone):
            self.stdout.write(f"{one.plan.code}/{one}")
            now = timezone.now()
            for line in explain_words.lines(explain.explain(one, reader, now=now)):
                self.stdout.write(f"  {line}")
            for line in explain_asks.lines(one, reader, now=now):
                self.stdout.write(f"  {line}")
