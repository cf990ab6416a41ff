"""Read a published plan text and print what it proposes; with --apply make it in a plan."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones import intake, wording
from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.intake import applying, receiving
from milestones.intake.comparing import Difference, Match
from milestones.intake.rules.proposals import Proposal, Reading
from milestones.management import lookup
from milestones.models import Bound, Kind, Measure, Plan, Via
from milestones.workdays.periods import FuzzyDate


class Command(BaseCommand):
    help = "Read a published plan text (txt, docx, html) and print what it proposes. Only --apply writes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one line of JSON a proposal; spans count characters")
        parser.add_argument("--year", type=int, choices=range(1990, 2100), metavar="Y", help="the year it is about")
        parser.add_argument("--plan", metavar="CODE", help="compare with this plan")
        parser.add_argument("--apply", action="store_true", help="make what is new in the plan")

    def handle(self, *, file: str, year: int | None, plan: str | None, **options: Any) -> None:
        if options["apply"] and plan is None:
            raise CommandError(_("--apply needs --plan."))
        act: Any = {"actor": Actor.system(Via.IMPORT), "now": timezone.now()}
        into = lookup.plan(plan) if plan else None
        try:
            reading = self._read(file, year, into, **act)
            self._print(reading, as_json=options["json"])
            if into is not None:
                self._compare(reading, into, options["apply"], quiet=options["json"], **act)
        except DomainError as error:
            raise CommandError(str(error)) from None

    def _read(self, file: str, year: int | None, plan: Plan | None, *, actor: Actor, now: datetime) -> Reading:
        try:
            with Path(file).open("rb") as source:
                text = receiving.text_of(source, file, actor=actor, now=now)
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read (%(why)s).") % {"file": file, "why": error.strerror}
            ) from None
        reading = intake.read(text, year=year)
        if plan is not None:
            if reading.year is None:
                return intake.read(text, year=plan.year)
            applying.check_year(reading.year, plan)
        elif reading.year is None and reading.proposals:
            self.stderr.write(_("The text names no year, so nothing has a date; say it with --year."))
        return reading

    def _print(self, reading: Reading, *, as_json: bool) -> None:
        if as_json:
            for one in reading.proposals:
                self.stdout.write(json.dumps(one.as_json(), ensure_ascii=False))
            return
        field = None
        for one in reading.proposals:
            if one.workstream != field:
                field = one.workstream
                self.stdout.write("\n" + (field or _("(the plan as a whole)")))
            self.stdout.write(f"  {_line(one, reading.year)}")
        counts = {
            "targets": len(reading.targets),
            "milestones": len(reading.milestones),
            "passed": len(reading.dropped),
        }
        self.stdout.write("")
        self.stdout.write(
            _("%(targets)s targets, %(milestones)s milestones; %(passed)s lines or sentences passed over.") % counts
        )

    def _compare(self, reading: Reading, plan: Plan, apply: bool, *, quiet: bool, **act: Any) -> None:
        """On the error stream beside JSON, which other programs read."""
        say = self.stderr.write if quiet else self.stdout.write
        if not apply:
            for line in _difference(intake.compare(reading.proposals, applying.existing(plan)), plan):
                say(line)
            return
        applied = applying.apply(plan, reading.proposals, **act)
        for line in _difference(applied.difference, plan):
            say(line)
        for one in applied.outside:
            say(_("Not made, due outside the plan: %s") % one.title)
        if applied.unknown:
            say(_("Not in the directory, so not entered as lead or party: %s") % ", ".join(applied.unknown))
        made = {
            "plan": plan.code,
            "targets": len(applied.targets),
            "milestones": len(applied.milestones),
            "streams": len(applied.workstreams),
        }
        say(_("%(plan)s: made %(milestones)s milestones, %(targets)s targets, %(streams)s workstreams.") % made)


def _difference(found: Difference, plan: Plan) -> list[str]:
    counts = {"plan": plan.code, "new": len(found.new), "same": len(found.same)}
    lines = [_("Against %(plan)s: %(new)s new, %(same)s as they are.") % counts]
    lines += [_("Differs: %(code)s %(title)s: %(what)s") % _told(match, plan) for match in found.changed]
    lines += [
        _("No longer in the text: %(code)s %(title)s") % {"code": one.key, "title": one.title} for one in found.gone
    ]
    return lines


def _told(match: Match, plan: Plan) -> dict[str, str]:
    had, says = match.existing, match.proposal
    what = ", ".join(
        f"{name} {_said(getattr(had, name), plan)} → {_said(getattr(says, name), plan)}" for name in match.fields
    )
    return {"code": had.key, "title": had.title, "what": what}


def _said(value: Any, plan: Plan) -> str:
    if isinstance(value, FuzzyDate):
        return wording.period(value, year=plan.year)
    return "–" if value is None else f"{value:f}".rstrip("0").rstrip(".") if hasattr(value, "as_tuple") else str(value)


def _line(one: Proposal, year: int | None) -> str:
    due = wording.period(one.due, year=year) if one.due else "–"
    if not one.is_target:
        return f"[{Kind(one.kind).label}] {one.title} · {due}" + (f" · {one.lead}" if one.lead else "")
    value = f"{one.value}–{one.value_max}" if one.value_max is not None else str(one.value)
    bound = "" if one.bound == Bound.RANGE else f"{Bound(one.bound).label} "
    what = _("target")
    return f"[{what}] {one.title} · {bound}{value} {one.unit} · {Measure(one.measure).label} · {due}"
