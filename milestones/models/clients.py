"""Which other systems may come in, with which rights, and are they still coming?"""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import Versioned, uuid7
from .people import Person


class Scope(models.TextChoices):
    READ = "read", _("read")
    WRITE = "write", _("write")
    READINGS_WRITE = "readings:write", _("add readings and status reports")
    PEOPLE_READ = "people:read", _("read people and their addresses")
    WEBHOOKS = "webhooks", _("look after webhooks")


class ApiClient(Versioned):
    """接口客户端: another system. `scopes` are of Scope; `write` implies `read`, as the verb that makes one sees to.

    `plans` and `organisations` are its reach, ids as text; None is no limit. `networks` are the CIDRs from which it may
    call, empty for everywhere. `rate` is `600/min`, empty for the installation's own. `expected_every` is the promised
    interval between two pulls of the change feed, in minutes; None promises nothing.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="api_clients",
        verbose_name=_("owner of the client"),
        help_text=_("gets a mail when the client falls silent or its webhook is switched off; empty: the office"),
    )
    scopes = models.JSONField(_("scopes"), default=list)
    plans = models.JSONField(_("plans"), null=True, blank=True)
    organisations = models.JSONField(_("organisations"), null=True, blank=True)
    networks = models.JSONField(_("networks"), default=list, blank=True)
    rate = models.CharField(_("rate"), max_length=20, blank=True, help_text=_("such as 600/min"))
    expected_every = models.PositiveIntegerField(
        _("pulls at least every"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("minutes")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_every__isnull=True) | Q(expected_every__gte=1), name="client_interval_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, now: datetime) -> ApiTokenQuerySet:
        """Neither revoked nor expired, of an active client."""
        return self.filter(client__is_active=True, revoked_at__isnull=True).filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        )


class ApiToken(models.Model):
    """访问令牌. Part of its client, as the client's entries tell. Only `digest` is kept: the SHA-256 of a token that is
    random and so needs no salt. `prefix` is its beginning, to tell tokens apart. `last_used_at` is exact to a minute.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="tokens", verbose_name=_("API client"))
    prefix = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class ClientActivity(models.Model):
    """How a client's following of the change feed stands. Its own history: no entries."""

    client = models.OneToOneField(ApiClient, models.CASCADE, primary_key=True, related_name="activity")
    last_pull_at = models.DateTimeField(_("last pull"), null=True)
    last_seq = models.BigIntegerField(_("has followed up to"), null=True)
    silent_told_at = models.DateTimeField(_("told that it is silent"), null=True)

    class Meta:
        verbose_name = _("activity of a client")
        verbose_name_plural = _("activity of clients")

    def __str__(self) -> str:
        return f"{self.client_id}: {self.last_seq}"


class ClientHour(models.Model):
    """How often a client was refused in an hour, by status: what its health page shows of the last day."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="hours")
    hour = models.DateTimeField(_("hour"))
    status = models.PositiveSmallIntegerField(_("status"))
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("refusals of an hour")
        verbose_name_plural = _("refusals by the hour")
        constraints = [
            models.UniqueConstraint(fields=["client", "hour", "status"], name="client_hour_once"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.hour:%Y-%m-%d %H}: {self.status} × {self.count}"
