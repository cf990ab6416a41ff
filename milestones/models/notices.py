"""Which numbered notices were issued to whom, and were they signed for and answered?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import Versioned, date_field, one_of
from .milestones import Milestone
from .people import Person


class NoticeLevel(models.TextChoices):
    BLUE = "blue", _("blue")
    YELLOW = "yellow", _("yellow")
    RED = "red", _("red")


class NoticeState(models.TextChoices):
    ISSUED = "issued", pgettext_lazy("notice", "issued")
    SIGNED = "signed", pgettext_lazy("notice", "signed for")
    REPLIED = "replied", pgettext_lazy("notice", "answered")
    CANCELLED = "cancelled", pgettext_lazy("notice", "cancelled")


OPEN_NOTICES = (NoticeState.ISSUED, NoticeState.SIGNED)

# verb → (states it may start from, state it leads to); a reply says that the notice was received
NOTICE_TRANSITIONS: dict[str, tuple[tuple[NoticeState, ...], NoticeState]] = {
    "sign": ((NoticeState.ISSUED,), NoticeState.SIGNED),
    "reply": (OPEN_NOTICES, NoticeState.REPLIED),
    "cancel": (OPEN_NOTICES, NoticeState.CANCELLED),
}


class NoticeNumber(models.Model):
    """The last number given in a year. Its row is locked while a notice is issued: no gap, no double."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("notice number")
        verbose_name_plural = _("notice numbers")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def open(self) -> NoticeQuerySet:
        """Waiting for a signature or an answer."""
        return self.filter(state__in=OPEN_NOTICES)


class Notice(Versioned):
    """督办单: one matter (一事一单), issued to an organisation. Its number is never given again: a trigger."""

    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False)
    level = models.CharField(_("level"), max_length=6, choices=NoticeLevel.choices)
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="notices", verbose_name=_("milestone"))
    organisation = models.ForeignKey(
        "Organisation", models.PROTECT, related_name="notices", verbose_name=_("issued to")
    )
    matter = models.TextField(_("matter"), help_text=_("What is asked for; one matter a notice."))
    issued_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("issued by")
    )
    issued_on = date_field(_("issued on"), editable=False)
    respond_by = date_field(_("answer by"))
    state = models.CharField(
        _("state"), max_length=9, choices=NoticeState.choices, default=NoticeState.ISSUED, editable=False
    )
    signed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("signed for by")
    )
    signed_at = models.DateTimeField(_("signed for at"), null=True, editable=False)
    reply = models.TextField(_("reply"), blank=True, editable=False)
    replied_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("answered by")
    )
    replied_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False, help_text=_("why it was cancelled"))

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="notice_number_unique_in_year"),
            models.CheckConstraint(condition=one_of("level", NoticeLevel), name="notice_level_known"),
            models.CheckConstraint(condition=one_of("state", NoticeState), name="notice_state_known"),
            models.CheckConstraint(condition=~Q(matter=""), name="notice_has_a_matter"),
            models.CheckConstraint(
                condition=Q(respond_by__gte=models.F("issued_on")), name="notice_answer_after_issue"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "replied"]) | Q(signed_at__isnull=False),
                name="notice_signed_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state="replied") | (Q(replied_at__isnull=False) & ~Q(reply="")),
                name="notice_replied_with_words",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | (Q(cancelled_at__isnull=False) & ~Q(reason="")),
                name="notice_cancelled_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As people quote it: 〔2023〕7号."""
        return f"〔{self.year}〕{self.number}号"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_NOTICES
