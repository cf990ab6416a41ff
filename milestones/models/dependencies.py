"""Which milestone must be reached before which other?"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .base import Versioned
from .milestones import Milestone

LONGEST_LAG = 400  # working days


class Dependency(Versioned):
    """依赖, finish-to-start: the successor is reached `lag` working days after its predecessor at the earliest."""

    predecessor = models.ForeignKey(Milestone, models.PROTECT, related_name="successors", verbose_name=_("predecessor"))
    successor = models.ForeignKey(Milestone, models.PROTECT, related_name="predecessors", verbose_name=_("successor"))
    lag = models.SmallIntegerField(_("lag"), default=0, help_text=_("in working days"))

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="dependency_on_another"),
            models.CheckConstraint(
                condition=Q(lag__gte=-LONGEST_LAG, lag__lte=LONGEST_LAG), name="dependency_lag_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
