"""How far was each other installation followed, what was agreed with it, and what was not?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import one_of


class Direction(models.TextChoices):
    PULL = "pull", _("pull")
    PUSH = "push", _("push")


class SyncLink(models.Model):
    """One direction with one other installation, of one plan or of all. `cursor` is where the source's feed goes on.

    While the present state is delivered, `unchecked` says that what was deleted before is still to be looked for.
    """

    remote = models.CharField(_("other installation"), max_length=300)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction.choices)
    plan = models.CharField(_("plan"), max_length=60, blank=True)
    cursor = models.TextField(_("cursor"), blank=True)
    unchecked = models.BooleanField(_("deletions are still to be looked for"), default=True)
    begun_at = models.DateTimeField(_("begin of the last run"), null=True)
    ended_at = models.DateTimeField(_("end of the last run"), null=True)

    class Meta:
        verbose_name = _("link to another installation")
        verbose_name_plural = _("links to other installations")
        constraints = [
            models.UniqueConstraint(fields=["remote", "direction", "plan"], name="sync_link_once"),
            models.CheckConstraint(condition=one_of("direction", Direction), name="sync_direction_known"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.remote} {self.plan}".strip()

    @property
    def was_cut_short(self) -> bool:
        return self.begun_at is not None and (self.ended_at is None or self.ended_at < self.begun_at)


class SyncPair(models.Model):
    """The same object here and there. `agreed` maps a field to the mark of the value that both had last: whoever
    differs from it has changed since. Both directions share it, so nothing comes back as an echo."""

    remote = models.CharField(_("other installation"), max_length=300)
    entity = models.CharField(_("entity"), max_length=30)
    local_id = models.UUIDField(_("object here"))
    remote_id = models.UUIDField(_("object there"))
    agreed = models.JSONField(_("agreed"), default=dict)

    class Meta:
        verbose_name = _("pair of objects")
        verbose_name_plural = _("pairs of objects")
        constraints = [
            models.UniqueConstraint(fields=["remote", "entity", "local_id"], name="sync_pair_once_here"),
            models.UniqueConstraint(fields=["remote", "entity", "remote_id"], name="sync_pair_once_there"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.local_id} = {self.remote_id}"


class SyncTrouble(models.Model):
    """What a run could not bring over; the next one tries it again. `code` is a word, `detail` says it in full.

    `begun` is a write whose answer was not seen yet; its `detail` are the marks that it brings.
    """

    link = models.ForeignKey(SyncLink, models.CASCADE, related_name="troubles", verbose_name=_("link"))
    entity = models.CharField(_("entity"), max_length=30)
    source_id = models.UUIDField(_("object at the source"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    code = models.CharField(_("kind"), max_length=40)
    detail = models.TextField(_("detail"), blank=True)

    class Meta:
        verbose_name = _("trouble of a synchronisation")
        verbose_name_plural = _("troubles of a synchronisation")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["link", "entity", "source_id"], name="sync_trouble_once")]

    def __str__(self) -> str:
        return f"{self.entity} {self.name}: {self.code}"
