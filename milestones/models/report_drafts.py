"""What has somebody typed of a report that is not sent yet?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones import wording

from .base import date_field, fuzzy, period_end, precision_field, uuid7
from .milestones import Milestone
from .people import Person

if TYPE_CHECKING:
    from milestones.workdays.periods import FuzzyDate


class ReportDraft(models.Model):
    """填报草稿: its person's alone and no object of the business: it has no change entry and goes when it is filed.

    `version` counts its saves, so that two windows of one person do not write over each other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="drafts", verbose_name=_("milestone"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts", verbose_name=_("person"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    updated_at = models.DateTimeField(_("changed at"), editable=False)
    as_of = date_field(_("as of"), null=True)
    progress = models.PositiveSmallIntegerField(_("progress"), null=True)
    forecast_on = date_field(_("forecast"), null=True)
    forecast_precision = precision_field(_("forecast precision"), null=True)
    done = models.TextField(_("done since the last report"), blank=True)
    obstacles = models.TextField(_("obstacles"), blank=True)
    help_needed = models.TextField(_("help needed"), blank=True)

    class Meta:
        verbose_name = _("report draft")
        verbose_name_plural = _("report drafts")
        ordering = ["-updated_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["milestone", "person"], name="report_draft_one_a_person"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="report_draft_progress_in_per_cent"),
            models.CheckConstraint(
                condition=period_end("forecast", optional=True), name="report_draft_forecast_period_end"
            ),
        ]

    def __str__(self) -> str:
        return wording.day(self.as_of) if self.as_of else "—"

    @property
    def forecast(self) -> FuzzyDate | None:
        return fuzzy(self.forecast_on, self.forecast_precision)
