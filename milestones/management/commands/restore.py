"""Make an empty installation what another one was when its backup was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.errors import DomainError
from milestones.management.supervisor import AlreadyRunning, hold
from milestones.sync import epoch
from milestones.upkeep.backups import restore


class Command(BaseCommand):
    help = "Restore FILE into an empty database of the same kind; a backup of an older version is migrated on."
    requires_system_checks: list[str] = []  # an empty database may well look wrong

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            hold(settings.VAR_DIR / "up.lock")
            manifest = restore(file)
        except (DomainError, AlreadyRunning) as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        call_command("createcachetable", verbosity=0)
        epoch.renew(now=timezone.now())
        shown = {"rows": sum(manifest.rows.values()), "tables": len(manifest.rows), "made_at": manifest.made_at}
        self.stdout.write(_("Restored: %(rows)s rows of %(tables)s tables, as of %(made_at)s.") % shown)
