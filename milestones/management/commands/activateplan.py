"""Put a draft plan into force, after showing what that will set off."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.management import lookup
from milestones.models import Milestone, Plan
from milestones.people import first_account
from milestones.planning import plans
from milestones.reminders import preview

DAYS = 7
SHOWN = 20


class Command(BaseCommand):
    help = "Activate the draft plan CODE: first shows what is unassigned and how many mails the next 7 days will send."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, code: str, yes: bool, **options: Any) -> None:
        plan, now = lookup.plan(code), timezone.now()
        if not plan.is_draft:
            raise CommandError(
                _("“%(code)s” is %(state)s, not a draft.") % {"code": code, "state": plan.get_state_display()}
            )
        for line in (*unassigned(plan), *coming_mails(plan, now), *unable()):
            self.stdout.write(line)
        if not (yes or confirmed(plan)):
            raise CommandError(_("Nothing was changed."))
        try:
            plans.activate(plan, actor=Actor.system(), now=now, version=plan.version)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("“%s” is active: baselines are fixed, reminders run.") % plan.title)


def unassigned(plan: Plan) -> Iterator[str]:
    found = list(Milestone.objects.filter(plan=plan).open().unassigned().order_by("code"))
    total = Milestone.objects.filter(plan=plan).open().count()
    words = _(
        "Open milestones with nobody accountable: %(count)s of %(total)s. Coordinators or the office get their mails."
    )
    yield words % {"count": len(found), "total": total}
    yield from (f"  {milestone.code} {milestone.title}" for milestone in found[:SHOWN])
    if len(found) > SHOWN:
        yield _("  … and %s more") % (len(found) - SHOWN)


def coming_mails(plan: Plan, now: datetime) -> Iterator[str]:
    first, last = preview.days_from(now, plan, DAYS)
    coming = preview.preview(first=first, last=last, now=now, plan=plan)
    yield _("Mails that the next 7 days will send: %s") % preview.mails(coming)
    for day, count in sorted(Counter(day for day, _person in {(c.day, c.recipient.pk) for c in coming}).items()):
        yield f"  {day:%Y-%m-%d}: {count}"


def unable() -> Iterator[str]:
    if count := len(first_account.without_password()):
        yield _("People who cannot sign in yet: %s. “manage.py invite --all” sends them a link.") % count


def confirmed(plan: Plan) -> bool:
    if not sys.stdin.isatty():
        raise CommandError(_("Nobody can be asked here; repeat with --yes."))
    return input(_("Activate “%s”? [y/N] ") % plan.title).strip().lower() in ("y", "yes", "是")
