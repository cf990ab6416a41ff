"""When did each recurring job last do its work?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One row a job (`sweep`, `delivery`, `publish`) and one a swept plan (`sweep:CODE`).

    `day` is the last day of the plan that was swept, `note` a short word of the job (the calendar's fingerprint).
    """

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    at = models.DateTimeField(_("at"))
    day = models.DateField(_("day"), null=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
