"""Who asked for which later date, and what was decided?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milestones import reasons, wording

from .base import Versioned, date_field, fuzzy, one_of, period_end, precision_field
from .milestones import Milestone
from .people import Person

if TYPE_CHECKING:
    from milestones.workdays.periods import FuzzyDate


class ExtensionState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("extension", "requested")
    APPROVED = "approved", pgettext_lazy("extension", "approved")
    DECLINED = "declined", pgettext_lazy("extension", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("extension", "withdrawn")


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def open(self) -> ExtensionQuerySet:
        return self.filter(state=ExtensionState.REQUESTED)


class Extension(Versioned):
    """延期申请: `due` is what is asked for, `old` the milestone's due when it was asked. `late` says that it came after
    the working deadline; `decide_by` is the last day on which the answer is in time.
    """

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="extensions", verbose_name=_("milestone"))
    due_on = date_field(_("new due"))
    due_precision = precision_field(_("new due precision"))
    old_on = date_field(_("due until then"), editable=False)
    old_precision = precision_field(_("precision until then"), editable=False)
    reason = models.TextField(_("reason"))
    progress = models.PositiveSmallIntegerField(_("progress so far"), default=0, help_text=_("0–100 per cent"))
    late = models.BooleanField(_("asked late"), default=False, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=ExtensionState.choices, default=ExtensionState.REQUESTED, editable=False
    )
    requested_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("requested by")
    )
    requested_client = models.CharField(_("requested by client"), max_length=80, blank=True, editable=False)
    requested_at = models.DateTimeField(_("requested at"), editable=False)
    on_behalf = models.BooleanField(_("on behalf"), default=False, editable=False)
    decide_by = date_field(_("answer by"), editable=False)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("decided by")
    )
    decided_client = models.CharField(_("decided by client"), max_length=80, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    note = models.TextField(_("note"), blank=True, editable=False)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension request")
        verbose_name_plural = _("extension requests")
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone"], condition=Q(state="requested"), name="extension_one_open_a_milestone"
            ),
            models.CheckConstraint(condition=one_of("state", ExtensionState), name="extension_state_known"),
            models.CheckConstraint(condition=period_end("due", optional=False), name="extension_due_period_end"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="extension_progress_in_per_cent"),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state="requested", decided_at__isnull=True)
                | Q(decided_at__isnull=False) & ~Q(state="requested"),
                name="extension_decided_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "declined"])
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=models.F("requested_by")),
                name="extension_decider_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{wording.period(self.old)} → {wording.period(self.due)}"

    @property
    def words(self) -> str:
        """The note in the reader's words."""
        return reasons.said(self.note)

    @property
    def due(self) -> FuzzyDate:
        return fuzzy(self.due_on, self.due_precision)  # type: ignore[return-value]

    @property
    def old(self) -> FuzzyDate:
        return fuzzy(self.old_on, self.old_precision)  # type: ignore[return-value]
