"""Make every follower of the changes begin anew, after the database was brought back by other means than `restore`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.sync import epoch


class Command(BaseCommand):
    help = (
        "Begin a new epoch of the change feed: clients get 410 for their cursors and fetch the present state again. "
        "Needed when the database was put back to an earlier state (a snapshot, a replica's promotion with losses)."
    )

    def handle(self, **options: Any) -> None:
        begun = epoch.renew(now=timezone.now())
        self.stdout.write(
            _("The change feed has begun the epoch %(epoch)s; its readers begin anew.") % {"epoch": begun}
        )
