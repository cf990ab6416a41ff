"""Write everything that is held on one person into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.management import lookup
from milestones.people.export import export


class Command(BaseCommand):
    help = "Write a JSON document with all that is held on the person into FILE (mode 600), which must not exist yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, email: str, file: Path, **options: Any) -> None:
        person = lookup.person(email)
        try:
            file.touch(mode=0o600, exist_ok=False)
            with file.open("w", encoding="utf-8") as written:
                for piece in export(person, actor=Actor.system(), now=timezone.now()):
                    written.write(piece)
        except OSError as error:
            raise CommandError(_("%(file)s cannot be written: %(error)s") % {"file": file, "error": error}) from error
        self.stdout.write(_("Written: %s") % file)
