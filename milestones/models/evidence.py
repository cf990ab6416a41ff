"""What shows that a milestone was reached?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import Versioned, one_of
from .milestones import Milestone
from .people import Person


class EvidenceState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("evidence", "waiting to be checked")
    VERIFIED = "verified", pgettext_lazy("evidence", "verified")
    REJECTED = "rejected", pgettext_lazy("evidence", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("evidence", "withdrawn")


# What still speaks for its milestone.
STANDING_STATES = (EvidenceState.PENDING, EvidenceState.VERIFIED)

# verb → (states it may start from, state it leads to)
EVIDENCE_TRANSITIONS: dict[str, tuple[tuple[EvidenceState, ...], EvidenceState]] = {
    "verify": ((EvidenceState.PENDING, EvidenceState.REJECTED), EvidenceState.VERIFIED),
    "reject": ((EvidenceState.PENDING, EvidenceState.VERIFIED), EvidenceState.REJECTED),
    "withdraw": ((EvidenceState.PENDING, EvidenceState.REJECTED), EvidenceState.WITHDRAWN),
}


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> EvidenceQuerySet:
        """Neither rejected nor withdrawn."""
        return self.filter(state__in=STANDING_STATES)


class Evidence(Versioned):
    """佐证材料: a link, or a file of `size` bytes that is kept outside the static files under its own `sha256`.

    `media_type` is what the bytes are, not what the sender said; `has_preview` says that a re-encoded picture without
    the camera's data stands beside it.
    """

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="evidence", verbose_name=_("milestone"))
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("link"), max_length=1000, blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size"), null=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    media_type = models.CharField(_("media type"), max_length=100, blank=True, editable=False)
    has_preview = models.BooleanField(_("has a preview"), default=False, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=EvidenceState.choices, default=EvidenceState.PENDING, editable=False
    )
    added_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("added by")
    )
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["state", "milestone"], name="evidence_state")]
        constraints = [
            models.CheckConstraint(condition=one_of("state", EvidenceState), name="evidence_state_known"),
            models.CheckConstraint(
                condition=Q(sha256="", size__isnull=True) & ~Q(url="")
                | Q(url="", size__isnull=False) & ~Q(sha256="") & ~Q(file_name=""),
                name="evidence_link_or_file",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "withdrawn"]) | ~Q(reason=""), name="evidence_refused_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_file(self) -> bool:
        return bool(self.sha256)

    @property
    def stands(self) -> bool:
        return self.state in STANDING_STATES
