"""Remove the demonstration; real data beside it stays."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.demo import logins
from milestones.demo.clear import clear
from milestones.errors import DomainError


class Command(BaseCommand):
    help = "Remove all that loaddemo made. Refused, naming the rows, while real data depends on it."

    def handle(self, **options: Any) -> None:
        try:
            gone = clear(actor=Actor.system(), now=timezone.now())
        except DomainError as error:
            raise CommandError(error.message) from None
        logins.forget(settings.VAR_DIR)
        for name, number in gone.items():
            self.stdout.write(f"{name}: deleted {number}")
        self.stdout.write(_("The demonstration is removed.") if gone else _("There is no demonstration here."))
