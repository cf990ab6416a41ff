"""Whose numbers are these, and how far has each follower come?"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FeedEpoch(models.Model):
    """One row: which life of the database its `seq` belong to. A restore begins another one, so that nobody goes on
    from a number that now means something else."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    epoch = models.UUIDField(_("epoch"), default=uuid.uuid4)
    since = models.DateTimeField(_("since"), null=True)

    class Meta:
        verbose_name = _("epoch of the change feed")
        verbose_name_plural = _("epoch of the change feed")
        constraints = [models.CheckConstraint(condition=Q(only=True), name="feed_epoch_is_the_one")]

    def __str__(self) -> str:
        return str(self.epoch)


class Follower(models.Model):
    """A durable position in the change feed: `seq` is the last entry that `name` has dealt with."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    seq = models.BigIntegerField(_("sequence"), default=0)
    at = models.DateTimeField(_("at"), null=True)

    class Meta:
        verbose_name = _("follower of the changes")
        verbose_name_plural = _("followers of the changes")

    def __str__(self) -> str:
        return f"{self.name}: {self.seq}"
