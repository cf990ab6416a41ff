"""What would be sent on the days to come, to whom, about what?"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.management import lookup
from milestones.reminders import explain_asks
from milestones.reminders.preview import mails, preview


class Command(BaseCommand):
    help = "List the reminders that will leave between two days, if nothing changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--person", metavar="EMAIL")

    def handle(self, *args: Any, first: date, last: date, person: str | None, **options: Any) -> None:
        if first > last:
            raise CommandError(_("--from lies after --to."))
        reader, now = lookup.person(person) if person else None, timezone.now()
        coming = preview(first=first, last=last, now=now, person=reader)
        for one in coming:
            number = f"#{one.occurrence}" if one.occurrence else ""
            self.stdout.write(f"{one.day}  {one.recipient.email}  {one.step}{number}  {one.milestone}")
        asked = explain_asks.coming(first, last, now=now, person=reader)
        for ask in asked:
            self.stdout.write(f"{ask.day}  {ask.person.email}  {ask.step}  {ask.what}")
        letters = len({(ask.day, ask.person.pk, ask.kind) for ask in asked})
        self.stdout.write(f"reminders {len(coming)}  mails {mails(coming)}  asked {len(asked)}  letters {letters}")
