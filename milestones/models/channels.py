"""By which other way than mail is an organisation reached?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Versioned
from .organisations import Organisation


class OrganisationWebhook(Versioned):
    """单位通知接口: an address that takes one JSON message a working day about what the organisation leads.

    The address may carry a secret of the receiver's: pages and history show its host only.
    """

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="webhook", verbose_name=_("organisation")
    )
    url = models.URLField(_("address"), max_length=500)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("webhook of an organisation")
        verbose_name_plural = _("webhooks of organisations")
        ordering = ["organisation__code"]

    def __str__(self) -> str:
        return str(self.organisation)
