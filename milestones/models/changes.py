"""What changed, by whom, by which way in, and in which order did it become visible?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from milestones import reasons


class Via(models.TextChoices):
    API = "api", _("API")
    WEB = "web", _("web page")
    ADMIN = "admin", _("admin")
    IMPORT = "import", _("import")
    MAIL = "mail", _("mail")
    SYSTEM = "system", _("system")


class Op(models.TextChoices):
    CREATE = "create", _("created")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")


class ChangeEntryQuerySet(models.QuerySet["ChangeEntry"]):
    def of(self, obj: models.Model) -> ChangeEntryQuerySet:
        return self.filter(entity=obj._meta.model_name, object_id=obj.pk)


class ChangeEntry(models.Model):
    """变更: append-only, held so by triggers; the audit trail and the source of the feed.

    `changes` maps a column to [old, new] as stored (ids, ISO dates, decimal strings), of a fuzzy date always both its
    columns; a person's name and address are masked, so that a person can later be anonymised. `seq` is given after
    commit by the publisher. The actor is kept as an id without a foreign key and as a label of role and organisation.
    """

    id = models.BigAutoField(primary_key=True)
    seq = models.BigIntegerField(_("sequence"), null=True, unique=True)
    entity = models.CharField(_("entity"), max_length=30)
    object_id = models.UUIDField(_("object"))
    op = models.CharField(_("operation"), max_length=6, choices=Op.choices)
    version = models.PositiveIntegerField(_("version"))
    verb = models.CharField(_("verb"), max_length=40)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.TextField(_("reason"), blank=True)
    actor_id = models.UUIDField(_("actor id"), null=True)
    actor_label = models.CharField(_("by"), max_length=120)
    client = models.CharField(_("client"), max_length=80, blank=True)
    via = models.CharField(_("way in"), max_length=6, choices=Via.choices)
    plan_id = models.UUIDField(_("plan"), null=True)
    at = models.DateTimeField(_("at"))

    objects = ChangeEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["entity", "object_id", "id"], name="change_of_object"),
            models.Index(fields=["plan_id", "-id"], name="change_of_plan"),
            models.Index(
                fields=["id"],
                condition=models.Q(seq__isnull=True),
                name="change_unpublished",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(op__in=Op.values), name="change_op_known"),
            models.CheckConstraint(condition=models.Q(via__in=Via.values), name="change_via_known"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.verb} v{self.version}"

    @property
    def why(self) -> str:
        """The reason in the reader's words."""
        return reasons.said(self.reason)
