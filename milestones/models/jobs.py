"""Which long work was asked for, how far is it, and what came of it?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import one_of, uuid7
from .people import Language, Person


class JobState(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """后台任务: its own history, no business object. `done` of `total` (null: not known yet) units, named by `unit`.

    `lease_until` is when a run whose worker died may be taken by another. `result` is what the page of its kind shows;
    `file_name` names what can be fetched, and the bytes lie in VAR_DIR/jobs under the id.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    person = models.ForeignKey(Person, models.CASCADE, related_name="jobs", verbose_name=_("person"))
    language = models.CharField(_("language"), max_length=7, choices=Language.choices, default=Language.CHINESE)
    params = models.JSONField(_("parameters"), default=dict)
    state = models.CharField(_("state"), max_length=7, choices=JobState.choices, default=JobState.QUEUED)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), null=True)
    message = models.TextField(_("message"), blank=True, help_text=_("why it failed, in the person's language"))
    result = models.JSONField(_("result"), default=dict)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("leased until"), null=True)
    created_at = models.DateTimeField(_("created at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("long work")
        verbose_name_plural = _("long work")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="job_of_person"),
            models.Index(fields=["state", "created_at"], name="job_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=one_of("state", JobState), name="job_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_state_display()}"

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)
