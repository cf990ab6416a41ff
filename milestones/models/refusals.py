"""Whose text with a classification marking was refused, when, and at which way in?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .changes import Via


class GuardRefusal(models.Model):
    """涉密拦截: append-only, held so by triggers. The text itself is nowhere: `sha256` is that of its UTF-8 bytes after
    NFKC, so that whoever holds the text can say which refusal was it. The actor is kept as in a change entry.

    `entity` and `field` say where the text was meant to go (`field` is `reason` for a verb's reason); `object_id` is
    None when there is no object yet and never will be. `rule` is one of `milestones.marking.Rule`.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), db_index=True)
    actor_id = models.UUIDField(_("actor id"), null=True)
    actor_label = models.CharField(_("by"), max_length=120)
    client = models.CharField(_("client"), max_length=80, blank=True)
    via = models.CharField(_("way in"), max_length=6, choices=Via.choices)
    entity = models.CharField(_("entity"), max_length=30, blank=True)
    object_id = models.UUIDField(_("object"), null=True)
    field = models.CharField(_("field"), max_length=80)
    rule = models.CharField(_("rule"), max_length=20)
    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64)

    class Meta:
        verbose_name = _("refused text")
        verbose_name_plural = _("refused texts")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(via__in=Via.values), name="refusal_via_known"),
            models.CheckConstraint(condition=~models.Q(sha256=""), name="refusal_has_a_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.entity}.{self.field} [{self.rule}]"
