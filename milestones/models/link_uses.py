"""Which signed links of mails were used?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import uuid7
from .mail import OutgoingMail


class LinkUse(models.Model):
    """A link acts once. `subject` is the milestone or notice it is about; the mail's own id where it is neither."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="link_uses", verbose_name=_("mail"))
    action = models.CharField(_("action"), max_length=10)
    subject = models.UUIDField(_("about"))
    used_at = models.DateTimeField(_("used at"))

    class Meta:
        verbose_name = _("used link")
        verbose_name_plural = _("used links")
        ordering = ["-used_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["mail", "action", "subject"], name="link_used_once")]

    def __str__(self) -> str:
        return f"{self.action} {self.used_at}"
