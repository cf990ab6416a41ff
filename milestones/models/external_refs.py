"""Under which names do other systems know our objects?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import uuid7


class ExternalRef(models.Model):
    """外部引用: one object of ours a (system, entity, external id). Part of its object, as its entries tell."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    system = models.CharField(_("system"), max_length=60)
    entity = models.CharField(_("entity"), max_length=30)
    external_id = models.CharField(_("external id"), max_length=200)
    object_id = models.UUIDField(_("object"))

    class Meta:
        verbose_name = _("external reference")
        verbose_name_plural = _("external references")
        ordering = ["system", "external_id"]
        indexes = [models.Index(fields=["entity", "object_id"], name="external_ref_of_object")]
        constraints = [models.UniqueConstraint(fields=["system", "entity", "external_id"], name="external_ref_unique")]

    def __str__(self) -> str:
        return f"{self.system}:{self.external_id}"
