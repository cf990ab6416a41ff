"""Put the whole installation into one file, while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.errors import DomainError
from milestones.upkeep.backups import back_up


class Command(BaseCommand):
    help = "Write a verified backup of database and files of evidence to FILE (mode 600), which must not exist yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            manifest = back_up(file.absolute(), now=timezone.localtime())
        except DomainError as error:
            raise CommandError(str(error)) from error
        shown = {"file": file, "tables": len(manifest.rows), "rows": sum(manifest.rows.values())}
        self.stdout.write(_("%(file)s: %(rows)s rows of %(tables)s tables, verified.") % shown)
