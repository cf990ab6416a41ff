"""Which dates moved, from what to what, why and by whom?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones import reasons

from .base import date_field, fuzzy, precision_field, uuid7
from .milestones import Milestone

if TYPE_CHECKING:
    from milestones.workdays.periods import FuzzyDate


class DateRevision(models.Model):
    """改期记录: append-only, held so by triggers. Slip, trend and forecast are read from these rows."""

    class Which(models.TextChoices):
        DUE = "due", _("due")
        FORECAST = "forecast", _("forecast")
        ACTUAL = "actual", _("actual")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    milestone = models.ForeignKey(
        Milestone,
        models.PROTECT,
        related_name="date_revisions",
        verbose_name=_("milestone"),
    )
    which = models.CharField(_("date"), max_length=8, choices=Which.choices)
    old_on = date_field(_("old date"), null=True)
    old_precision = precision_field(_("old precision"), null=True)
    new_on = date_field(_("new date"), null=True)
    new_precision = precision_field(_("new precision"), null=True)
    reason = models.TextField(_("reason"))
    actor_id = models.UUIDField(_("actor id"), null=True)
    actor_label = models.CharField(_("by"), max_length=120)
    via = models.CharField(_("way in"), max_length=6)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("date revision")
        verbose_name_plural = _("date revisions")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="date_revision_has_a_reason"),
            models.CheckConstraint(
                condition=Q(which__in=["due", "forecast", "actual"]),
                name="date_revision_which_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.which} {self.old_on} → {self.new_on}"

    @property
    def why(self) -> str:
        """The reason in the reader's words."""
        return reasons.said(self.reason)

    @property
    def old(self) -> FuzzyDate | None:
        return fuzzy(self.old_on, self.old_precision)

    @property
    def new(self) -> FuzzyDate | None:
        return fuzzy(self.new_on, self.new_precision)
