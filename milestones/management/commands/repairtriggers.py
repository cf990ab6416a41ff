"""Put back the triggers that keep history append-only, when a check says that they are missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils.translation import gettext as _

from milestones.models import triggers


class Command(BaseCommand):
    help = "Install the append-only triggers anew. Safe to repeat."
    requires_system_checks: list[str] = []  # one of them is what it puts right

    def handle(self, **options: Any) -> None:
        with transaction.atomic():
            triggers.install(connection)
        self.stdout.write(_("%s triggers are in place.") % len(triggers.TRIGGERS))
