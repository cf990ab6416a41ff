"""May mail leave now, and how much of it a minute?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import Versioned
from .people import Person


class MailGate(Versioned):
    """发信闸门: at most one row. Without one, and where a cap is empty, mail leaves as fast as the server takes it."""

    only = models.BooleanField(default=True, editable=False)
    paused_at = models.DateTimeField(_("paused at"), null=True, editable=False)
    paused_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("paused by")
    )
    pause_reason = models.CharField(_("why it is paused"), max_length=200, blank=True)
    per_minute = models.PositiveIntegerField(_("mails a minute"), null=True, blank=True)
    per_domain = models.PositiveIntegerField(_("mails a minute to one domain"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail gate")
        verbose_name_plural = _("mail gate")
        constraints = [
            models.UniqueConstraint(fields=["only"], name="mail_gate_only_one"),
            models.CheckConstraint(condition=Q(only=True), name="mail_gate_is_the_one"),
            models.CheckConstraint(
                condition=Q(per_minute__isnull=True) | Q(per_minute__gte=1), name="mail_gate_per_minute_positive"
            ),
            models.CheckConstraint(
                condition=Q(per_domain__isnull=True) | Q(per_domain__gte=1), name="mail_gate_per_domain_positive"
            ),
        ]

    def __str__(self) -> str:
        return str(_("mail gate"))


class MailWindow(models.Model):
    """How many mails all workers together took in one minute: in all (`domain` empty) or to one domain."""

    domain = models.CharField(_("domain"), max_length=253, blank=True)
    minute = models.DateTimeField(_("minute"))
    taken = models.PositiveIntegerField(_("taken"), default=0)

    class Meta:
        verbose_name = _("mails of a minute")
        verbose_name_plural = _("mails of a minute")
        constraints = [models.UniqueConstraint(fields=["domain", "minute"], name="mail_window_once")]

    def __str__(self) -> str:
        return f"{self.domain or '*'} {self.minute:%H:%M} {self.taken}"
