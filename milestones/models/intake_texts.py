"""Which published text was read for a plan, what did it propose, and what did the office decide on each proposal?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import uuid7
from .people import Person
from .plans import Plan


class IntakeText(models.Model):
    """读入的文本: one version of a text. Its own history; what was made of it has entries in the plan.

    `proposals` are those of the reading in its order, as edited, each with `decision` (empty, accepted, rejected) and
    `made`, the id of the milestone or target; `passed` and `headings` are spans of the text.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="texts", verbose_name=_("plan"))
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="texts", verbose_name=_("read in by"))
    name = models.CharField(_("name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    text = models.TextField(_("text"))
    year = models.PositiveSmallIntegerField(_("year"))
    proposals = models.JSONField(_("proposals"), default=list)
    headings = models.JSONField(_("headings"), default=list)
    passed = models.JSONField(_("passed over"), default=list)
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="newer", verbose_name=_("newer version of")
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("text that was read")
        verbose_name_plural = _("texts that were read")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["plan", "-created_at"], name="intake_latest")]
        constraints = [models.UniqueConstraint(fields=["plan", "sha256"], name="intake_text_once")]

    def __str__(self) -> str:
        return self.name
