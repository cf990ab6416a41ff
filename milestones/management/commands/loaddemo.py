"""Fill an empty database with the demonstration, and print how to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.demo import logins
from milestones.demo.build import build
from milestones.errors import DomainError


class Command(BaseCommand):
    help = "Load the demonstration (organisations, role accounts, the shipped plan) into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, metavar="Y", help="only the plan of this year, dates as promised")

    def handle(self, *, year: int | None, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(_("This is a production installation (BASE_URL is https); it takes no demonstration."))
        try:
            made = build(now=timezone.now(), year=year, keep=lambda made: logins.write(made, settings.VAR_DIR))
        except DomainError as error:
            raise CommandError(error.message) from None
        for login in made:
            self.stdout.write(str(login))
