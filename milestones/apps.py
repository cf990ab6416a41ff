"""How does Django know this app?"""

from __future__ import annotations

from datetime import datetime

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MilestonesConfig(AppConfig):
    """`started_at` is when this process, or the one that it was forked from, came up."""

    name = "milestones"
    verbose_name = _("Milestones")
    default_auto_field = "django.db.models.BigAutoField"
    started_at: datetime

    def ready(self) -> None:
        from milestones import checks  # noqa: F401 - registers the system checks

        self.started_at = timezone.now()
