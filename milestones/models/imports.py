"""What did a file of milestones say when it was imported, and can that be taken back?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import one_of, uuid7
from .jobs import Job
from .people import Language, Person
from .plans import Plan


class ImportState(models.TextChoices):
    READING = "reading", _("being read")
    READY = "ready", _("to be decided")
    APPLYING = "applying", _("being imported")
    APPLIED = "applied", _("imported")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    REFUSED = "refused", _("refused")


class RowStatus(models.TextChoices):
    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    CONFLICT = "conflict", _("conflict")
    ERROR = "error", _("error")


class RowOutcome(models.TextChoices):
    NONE = "", _("not imported")
    APPLIED = "applied", _("imported")
    REFUSED = "refused", _("refused")
    UNDONE = "undone", _("undone")
    KEPT = "kept", _("not undone")


class ImportBatch(models.Model):
    """导入批次: one file, what it would do, what was done with it. Its own history; what it changed has entries there.

    `total` are the rows of the file: `new`, `changed`, `conflicts`, `errors`, and the rest, which says what is stored;
    of these `newer` were changed here since the export and not in the file. `found` tells of the file's columns.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="imports", verbose_name=_("imported by")
    )
    language = models.CharField(_("language"), max_length=7, choices=Language.choices, default=Language.CHINESE)
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    format = models.CharField(_("format"), max_length=4)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    plan = models.ForeignKey(
        Plan,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="imports",
        verbose_name=_("plan"),
        help_text=_("of rows that name none"),
    )
    reason = models.TextField(_("reason"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=ImportState.choices, default=ImportState.READING)
    message = models.TextField(_("message"), blank=True)
    found = models.JSONField(_("columns"), default=dict)
    total = models.PositiveIntegerField(_("rows"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    conflicts = models.PositiveIntegerField(_("conflicts"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    newer = models.PositiveIntegerField(_("newer here"), default=0)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("long work"))
    created_at = models.DateTimeField(_("created at"))
    applied_at = models.DateTimeField(_("imported at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["-created_at"], name="import_latest")]
        constraints = [models.CheckConstraint(condition=one_of("state", ImportState), name="import_state_known")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def table(self) -> str:
        """What its rows are: milestones or readings."""
        return str(self.found.get("table", "milestones"))

    @property
    def unchanged(self) -> int:
        return self.total - self.new - self.changed - self.conflicts - self.errors

    @property
    def is_busy(self) -> bool:
        return self.state in (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)


class ImportRow(models.Model):
    """A row that would write or cannot: `number` as in the file. `values` is what the batch is told of it.

    `changes`: name → [what stands here, what the file says]; `errors`: [{cell, name, code, message}]. After it was
    imported `milestone_id` and `version` are those of the milestone then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("row"))
    status = models.CharField(_("status"), max_length=8, choices=RowStatus.choices)
    milestone_id = models.UUIDField(_("milestone"), null=True)
    label = models.CharField(_("milestone"), max_length=320, blank=True)
    values = models.JSONField(_("values"), default=dict)
    changes = models.JSONField(_("changes"), default=dict)
    errors = models.JSONField(_("errors"), default=list)
    outcome = models.CharField(
        _("outcome"), max_length=7, choices=RowOutcome.choices, blank=True, default=RowOutcome.NONE
    )
    version = models.PositiveIntegerField(_("version"), null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["batch", "number"]
        indexes = [models.Index(fields=["batch", "status", "number"], name="import_row_in_order")]
        constraints = [
            models.CheckConstraint(condition=one_of("status", RowStatus), name="import_row_status_known"),
            models.CheckConstraint(condition=one_of("outcome", RowOutcome), name="import_row_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
