"""On which days does the office know better than the published calendar?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from milestones import wording

from .base import Versioned


class DayOverride(Versioned):
    """工作日调整: one day declared working or free, over what the statutory calendar says."""

    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=200)

    class Meta:
        verbose_name = _("working-day override")
        verbose_name_plural = _("working-day overrides")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["day"], name="day_override_once")]

    def __str__(self) -> str:
        kind = _("working day") if self.is_working else _("day off")
        return f"{wording.day(self.day)} {kind}"
