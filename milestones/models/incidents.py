"""When did reminders stop leaving, and who was told?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import uuid7


class Incident(models.Model):
    """告警: from when reminders did not leave until they did again. One is open at a time, whoever saw it first."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    is_open = models.BooleanField(_("open"), default=True)
    opened_at = models.DateTimeField(_("since"))
    closed_at = models.DateTimeField(_("until"), null=True)
    problems = models.JSONField(_("problems"), default=list)
    seen_by = models.CharField(_("seen by"), max_length=120, blank=True)
    posted_at = models.DateTimeField(_("alarm posted at"), null=True)
    post_reply = models.CharField(_("answer to the alarm"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["is_open"], condition=Q(is_open=True), name="incident_one_open"),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_at__isnull=True) | Q(is_open=False, closed_at__isnull=False),
                name="incident_closed_at_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opened_at}"
