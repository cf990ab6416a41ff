"""Who stands in for whom, from when to when?"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .base import Versioned, date_field
from .people import Person


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def running(self, day: date) -> DelegationQuerySet:
        """`day` lies within; both ends count."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Delegation(Versioned):
    """代理: from the first to the last day `deputy` may act for `person` and gets a copy; what is open stays theirs."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="delegations", verbose_name=_("person"))
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="deputises", verbose_name=_("deputy"))
    starts_on = date_field(_("first day"))
    ends_on = date_field(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["deputy", "ends_on"], name="delegation_of_deputy")]
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="delegation_to_another"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="delegation_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.deputy}"
