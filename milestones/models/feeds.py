"""Whose calendar shows which due dates?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import Versioned
from .people import Person
from .plans import Plan


class CalendarFeed(Versioned):
    """日历订阅: a revocable address, of what concerns `person`, or of one plan as that person sees it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="feeds", verbose_name=_("person"))
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("plan"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(plan__isnull=True, revoked_at__isnull=True), name="feed_one_own"
            ),
            models.UniqueConstraint(
                fields=["person", "plan"],
                condition=Q(plan__isnull=False, revoked_at__isnull=True),
                name="feed_one_a_plan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.plan}" if self.plan_id else str(self.person)
