"""Which units are there, and who speaks for each of them?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Versioned, one_of
from .search import FindField


class OrganisationKind(models.TextChoices):
    BUREAU = "bureau", _("bureau")
    STATE_OWNED = "state_owned", _("state-owned company")
    DEVELOPER = "developer", _("developer")
    UNIVERSITY = "university", _("university")
    BANK = "bank", _("bank")
    TOWN = "town", _("town")
    OTHER = "other", _("other")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def active(self) -> OrganisationQuerySet:
        return self.filter(is_active=True)


class Organisation(Versioned):
    """单位. Its coordinator answers for what nobody is accountable for."""

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=OrganisationKind.choices,
        default=OrganisationKind.BUREAU,
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent organisation"),
    )
    head = models.ForeignKey(
        "Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="heads",
        verbose_name=_("head"),
    )
    supervising_leader = models.ForeignKey(
        "Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supervises",
        verbose_name=_("supervising leader"),
    )
    coordinator = models.ForeignKey(
        "Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="coordinates",
        verbose_name=_("coordinator"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)
    find = FindField("code", "name", "short_name")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="organisation_code_unique"),
            models.CheckConstraint(
                condition=one_of("kind", OrganisationKind),
                name="organisation_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="organisation_not_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name
