"""One sweep without Celery: what does it plan, queue and hold back?"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.management import lookup
from milestones.models import Person, Plan
from milestones.reminders import engine
from milestones.reminders.engine import Report
from milestones.reminders.preview import end_of
from milestones.upkeep import pulse


class Command(BaseCommand):
    help = "Run one reminder sweep: now, or as at 23:59 of a day in the plan's time zone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--plan", metavar="CODE")

    def handle(self, *args: Any, as_of: date | None, dry_run: bool, plan: str | None, **options: Any) -> None:
        chosen = lookup.plan(plan) if plan else None
        for one, now in _moments(chosen, as_of):
            self._tell(engine.sweep(now, plan=one, dry_run=dry_run, keep=True), dry_run)
        if not (as_of or chosen or dry_run):
            pulse.tell()

    def _tell(self, report: Report, dry_run: bool) -> None:
        people = dict(Person.objects.filter(pk__in={n.recipient for n in report.new}).values_list("pk", "email"))
        for new in sorted(report.new, key=lambda n: (n.reason, n.look.deadline.due, n.look.code)):
            o = new.occurrence
            number = f"#{o.number}" if o.number else ""
            word = f"suppressed: {new.reason}" if new.reason else "planned"
            self.stdout.write(f"{word}  {o.day}  {o.step.code}{number}  {new.look.code}  {people[new.recipient]}")
        reasons = ", ".join(f"{why} {count}" for why, count in sorted(report.suppressed.items()) if why)
        held = sum(count for why, count in report.suppressed.items() if why)
        self.stdout.write(f"planned {report.planned}  queued {report.queued}  suppressed {held}  {reasons}".rstrip())
        if dry_run:
            self.stdout.write(_("Dry run: nothing was written."))


def _moments(plan: Plan | None, as_of: date | None) -> list[tuple[Plan | None, datetime]]:
    """(plan, instant) of each sweep to run; refuses a day before one that was swept already."""
    if as_of is None:
        return [(plan, timezone.now())]
    plans = [plan] if plan is not None else list(Plan.objects.active())
    for one in plans:
        swept = engine.last_swept_day(one)
        if swept is not None and swept > as_of:
            words = {"plan": one.code, "swept": swept, "day": as_of}
            raise CommandError(
                _("%(plan)s was swept as at %(swept)s already; a sweep as at %(day)s would look into the past.") % words
            )
    return [(one, end_of(as_of, one)) for one in plans]
