"""Which answer did a POST with this key get?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotencyRecord(models.Model):
    """幂等记录: the 2xx answer to a POST, stored in the transaction of its write and replayed for a day.

    `owner` is `client:<id>` or `person:<id>`. `fingerprint` is the SHA-256 of method, path, query and body, JSON by its
    value. `headers` are those of the answer that are replayed (Location, ETag).
    """

    owner = models.CharField(_("owner"), max_length=60)
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), blank=True)
    created_at = models.DateTimeField(_("created at"), db_index=True)

    class Meta:
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"
