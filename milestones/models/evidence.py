"""What shows that a milestone was reached?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Versioned
from .milestones import Milestone


class Evidence(Versioned):
    """佐证材料: what shows that a milestone was reached, given as a link."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="evidence", verbose_name=_("milestone"))
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("link"), max_length=1000)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.title
