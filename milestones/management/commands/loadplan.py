"""Load a plan file, or a plan that comes with the project, as a draft."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.demo import shipped
from milestones.exchange import marked
from milestones.exchange.fields import FIRST_YEAR, LAST_YEAR
from milestones.exchange.loader import known, load
from milestones.exchange.planfile import read_plan_file
from milestones.exchange.problems import BadPlanFile
from milestones.exchange.rows import PlanFile, rebase
from milestones.exchange.summary import Summary
from milestones.models import Via


class Command(BaseCommand):
    help = "Load a plan file (TOML), or a shipped plan by its name, as a draft. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE|NAME", help=f"a file, or one of: {', '.join(shipped.names())}")
        parser.add_argument("--year", type=_year, metavar="Y", help="move every date to this year")
        parser.add_argument("--dry-run", action="store_true", help="say what would change; write nothing")

    def handle(self, *, file: str, year: int | None, dry_run: bool, **options: Any) -> None:
        content, name = _content(file)
        act: Any = {"actor": Actor.system(Via.IMPORT), "now": timezone.now()}
        try:
            with marked.kept(**act):
                plan_file = read_plan_file(content, name, known())
            if year is not None:
                plan_file = _rebased(plan_file, year)
            summary = load(plan_file, **act, dry_run=dry_run)
        except BadPlanFile as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            raise CommandError(error.message) from None
        self._report(plan_file, summary, dry_run)

    def _report(self, file: PlanFile, summary: Summary, dry_run: bool) -> None:
        for done in summary.changes if dry_run else ():
            self.stdout.write(str(done))
        for line in summary.counts():
            self.stdout.write(line)
        if summary.only_in_database:
            self.stdout.write(_("Not in the file, left alone: %s") % ", ".join(summary.only_in_database))
        self.stdout.write(self._verdict(file, summary, dry_run))

    def _verdict(self, file: PlanFile, summary: Summary, dry_run: bool) -> str:
        name = file.plan.key if file.plan else file.name
        if not summary.changes:
            return _("%s: nothing to change, all rows unchanged.") % name
        if dry_run:
            return _("%s: dry run, nothing was written.") % name
        if file.plan is None:
            return _("%s: loaded.") % name
        return _("%s: loaded; the plan stays a draft until the office activates it.") % name


def _year(text: str) -> int:
    if not text.isdecimal() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise ArgumentTypeError(f"a year from {FIRST_YEAR} to {LAST_YEAR} is needed, not {text}")
    return int(text)


def _content(file: str) -> tuple[bytes, str]:
    path = Path(file)
    if not path.is_file() and file in shipped.names():
        return shipped.content(file), f"{file}.toml"
    try:
        return path.read_bytes(), file
    except OSError as error:
        message = _("%(file)s cannot be read (%(why)s). Shipped plans: %(names)s.")
        shown = {"file": file, "why": error.strerror, "names": ", ".join(shipped.names())}
        raise CommandError(message % shown) from None


def _rebased(file: PlanFile, year: int) -> PlanFile:
    if file.plan is None:
        raise CommandError(_("--year needs a file with a [plan]."))
    return rebase(file, year)
