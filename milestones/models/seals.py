"""How can anybody see later that no change entry was rewritten?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HistorySeal(models.Model):
    """封存: append-only, held so by triggers. `digest` is the SHA-256 of the seal before and of the entries from
    `first_seq` to `last_seq`, so that each seal vouches for all history up to its end.
    """

    id = models.BigAutoField(primary_key=True)
    first_seq = models.BigIntegerField(_("first sequence"), unique=True)
    last_seq = models.BigIntegerField(_("last sequence"), unique=True)
    previous = models.CharField(pgettext_lazy("seal", "previous digest"), max_length=64, blank=True)
    digest = models.CharField(pgettext_lazy("seal", "digest"), max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("history seal")
        verbose_name_plural = _("history seals")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_seq__gte=models.F("first_seq")), name="seal_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_seq}–{self.last_seq}: {self.digest[:12]}"
