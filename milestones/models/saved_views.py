"""Which filters of a list does somebody want to find again?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import uuid7
from .people import Person


class SavedView(models.Model):
    """视图: a list's address with a name. One that the office shares is everybody's; nothing else depends on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_views", verbose_name=_("person"))
    page = models.CharField(_("page"), max_length=40, help_text=_("the list it belongs to, such as ledger"))
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("query"), max_length=2000, blank=True, help_text=_("the part of the address after ?"))
    shared = models.BooleanField(_("for everybody"), default=False)
    created_at = models.DateTimeField(_("created at"), editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["page", "name"]
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
