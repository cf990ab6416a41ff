"""Which units take part in a milestone, and as what?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import one_of, uuid7
from .milestones import Milestone
from .people import Person


class PartyRole(models.TextChoices):
    RESPONSIBLE = "responsible", _("responsible")
    SUPPORTING = "supporting", _("supporting")
    SUPERVISOR = "supervisor", _("supervisor")


class Party(models.Model):
    """参与方. Part of the milestone: its changes are entries of the milestone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="parties", verbose_name=_("milestone"))
    role = models.CharField(_("role"), max_length=11, choices=PartyRole.choices)
    organisation = models.ForeignKey(
        "Organisation",
        models.PROTECT,
        related_name="parties",
        verbose_name=_("organisation"),
    )
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parties",
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["role", "organisation__code"]
        constraints = [
            models.CheckConstraint(condition=one_of("role", PartyRole), name="party_role_known"),
            models.UniqueConstraint(
                fields=["milestone", "role", "organisation", "person"],
                condition=Q(person__isnull=False),
                name="party_person_once",
            ),
            models.UniqueConstraint(
                fields=["milestone", "role", "organisation"],
                condition=Q(person__isnull=True),
                name="party_organisation_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.organisation}"
