"""How does a milestone stand, and who said for a while that it stands otherwise?"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones import wording

from .base import Versioned, date_field
from .milestones import Health, Milestone
from .people import Person

GIVEN = (Health.GREEN, Health.YELLOW, Health.RED)


class HealthOverrideQuerySet(models.QuerySet["HealthOverride"]):
    def in_force(self, today: date) -> HealthOverrideQuerySet:
        return self.filter(withdrawn_at__isnull=True, until__gte=today)


class HealthOverride(Versioned):
    """人工定级: until the end of the day `until` a leader's word stands for the computed health, shown as such."""

    milestone = models.ForeignKey(
        Milestone, models.PROTECT, related_name="health_overrides", verbose_name=_("milestone")
    )
    health = models.CharField(_("health"), max_length=7, choices=[(one.value, one.label) for one in GIVEN])
    reason = models.TextField(_("reason"))
    until = date_field(_("until"))
    given_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("given by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)

    objects = HealthOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("health override")
        verbose_name_plural = _("health overrides")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["milestone", "-until"], name="override_of_milestone")]
        constraints = [
            models.CheckConstraint(condition=Q(health__in=[one.value for one in GIVEN]), name="override_health_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_health_display()} ≤ {wording.day(self.until)}"
