"""Which addresses of other systems are told of changes, and what became of each telling?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import Versioned, one_of, uuid7
from .clients import ApiClient
from .people import Person


class WebhookEndpoint(Versioned):
    """Webhook 端点: an address that is told of changes by Standard Webhooks. `client` is None for the office's own,
    which hears of everything. `events` are `*`, `milestone.*` or `milestone.updated`.

    `secret` signs; after a rotation `previous_secret` signs beside it until `previous_until`. `failing_since` is the
    first of the attempts that failed since the last success; both secrets and it are no part of what history tells.
    `disabled_why` is empty while it is active.
    """

    client = models.ForeignKey(
        ApiClient, models.CASCADE, null=True, blank=True, related_name="endpoints", verbose_name=_("API client")
    )
    created_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("created by")
    )
    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    description = models.CharField(_("description"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    disabled_why = models.CharField(_("why it is switched off"), max_length=40, blank=True, editable=False)
    secret = models.CharField(_("secret"), max_length=100, editable=False)
    previous_secret = models.CharField(_("previous secret"), max_length=100, blank=True, editable=False)
    previous_until = models.DateTimeField(_("previous secret until"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.description or str(self.pk)


class DeliveryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("webhook", "waiting")
    SENDING = "sending", pgettext_lazy("webhook", "being sent")
    SENT = "sent", pgettext_lazy("webhook", "sent")
    FAILED = "failed", pgettext_lazy("webhook", "given up")


class WebhookDelivery(models.Model):
    """One message to one endpoint. Its id is the `webhook-id`, the same at every attempt and every replay.

    `seq` is None for a ping. `next_at` is when it is to be tried; `lease_until` says how long whoever took it may be at
    work. Its own history: no entries.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook endpoint")
    )
    seq = models.BigIntegerField(_("sequence"), null=True)
    type = models.CharField(_("type"), max_length=60)
    entity = models.CharField(_("entity"), max_length=30, blank=True)
    object_id = models.UUIDField(_("object"), null=True)
    state = models.CharField(
        _("state"), max_length=7, choices=DeliveryState.choices, default=DeliveryState.WAITING, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created at"))
    next_at = models.DateTimeField(_("next attempt"), null=True)
    lease_until = models.DateTimeField(_("taken until"), null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(state__in=["waiting", "sending"]), name="webhook_delivery_due"
            ),
            models.Index(fields=["endpoint", "-created_at"], name="webhook_delivery_log"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "seq"], condition=Q(seq__isnull=False), name="webhook_delivery_once"
            ),
            models.CheckConstraint(condition=one_of("state", DeliveryState), name="webhook_delivery_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.seq}"


class WebhookAttempt(models.Model):
    """One call. `status` is None when there was no answer: `failure` says why. `said` is the answer's beginning."""

    delivery = models.ForeignKey(
        WebhookDelivery, models.CASCADE, related_name="attempt_rows", verbose_name=_("webhook delivery")
    )
    number = models.PositiveSmallIntegerField(_("attempt"))
    at = models.DateTimeField(_("at"))
    milliseconds = models.PositiveIntegerField(_("took"), help_text=_("milliseconds"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    failure = models.CharField(_("failure"), max_length=60, blank=True)
    said = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.status or self.failure}"
