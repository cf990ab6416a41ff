"""Which e-mails are to leave, which have left, and what did the server say?"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import one_of, uuid7
from .people import Person


class MailKind(models.TextChoices):
    DIGEST = "digest", _("digest")
    DUE_TODAY = "due_today", _("due today")
    DUTIES = "duties", _("duties handed over")
    RESCHEDULED = "rescheduled", _("date moved")
    SUBMITTED = "submitted", _("waiting for verification")
    VERIFIED = "verified", _("completed")
    RETURNED = "returned", _("returned")
    REPORT_DUE = "report_due", _("report due")
    REPORT_BACK = "report_back", _("report returned")
    EXTENSION = "extension", _("decision asked for")
    DECISION_DUE = "decision_due", _("decision due")
    DECIDED = "decided", _("extension decided")
    MENTIONED = "mentioned", _("mentioned")
    WATCHED = "watched", _("news of a watched milestone")
    NOTICE = "notice", _("notice issued")
    SINGLE = "single", _("a reminder of its own")
    POST = "post", _("message to an organisation's channel")
    READING_DUE = "reading_due", _("reading due")
    BULLETIN = "bulletin", _("weekly bulletin")
    CLIENT_SILENT = "client_silent", _("API client silent")
    WEBHOOK_OFF = "webhook_off", _("webhook switched off")
    SECURITY = "security", _("change of an account")
    INVITATION = "invitation", _("invitation")
    PASSWORD_RESET = "password_reset", _("password reset")
    TEST = "test", _("test mail")


class MailState(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    RETRY = "retry", _("waiting to try again")
    FAILED = "failed", _("failed")
    BOUNCED = "bounced", _("came back")
    SUPPRESSED = "suppressed", _("suppressed")


WAITING_STATES = (MailState.QUEUED, MailState.RETRY, MailState.SENDING)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def waiting(self) -> OutgoingMailQuerySet:
        return self.filter(state__in=WAITING_STATES)


class OutgoingMail(models.Model):
    """发件箱 = the outbox. `text` and `html` hold placeholders where a signed link will stand (see `milestones.links`);
    every attempt derives the same bytes from the row.

    `due_at` is when the mail may be taken next: its hour, the end of a back-off, or, while sending, the end of the
    lease. `channel` is how it leaves; what goes to an organisation's webhook has that organisation and no address.
    `handed_over` says that an attempt gave the bytes to a server that may have accepted them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=14, choices=MailKind.choices)
    recipient = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("recipient"),
    )
    to = models.EmailField(_("to"), max_length=254, blank=True)
    channel = models.CharField(_("channel"), max_length=8, default="mail")
    organisation = models.ForeignKey(
        "Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("organisation"),
    )
    notice = models.ForeignKey(
        "Notice", models.PROTECT, null=True, blank=True, related_name="mails", verbose_name=_("notice")
    )
    language = models.CharField(_("language"), max_length=7)
    day = models.DateField(_("day"), null=True)
    milestone = models.ForeignKey(
        "Milestone",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("milestone"),
    )
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    state = models.CharField(_("state"), max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    due_at = models.DateTimeField(_("due at"))
    lease_holder = models.CharField(_("lease holder"), max_length=120, blank=True)
    handed_over = models.BooleanField(_("may have been accepted"), default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    server_reply = models.TextField(_("the server's words"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    body_dropped_at = models.DateTimeField(_("body deleted at"), null=True)

    # What a letter was written from, as long as it is not stored: several may become one (milestones.mail.together).
    template: str = ""
    context: dict[str, Any] = {}

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state__in=["queued", "retry", "sending"]),
                name="mail_waiting",
            ),
            models.Index(fields=["-created_at", "-id"], name="mail_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "day"],
                condition=Q(kind="digest"),
                name="mail_one_digest_a_day",
            ),
            models.UniqueConstraint(
                fields=["recipient", "day", "kind"],
                condition=Q(kind__in=["report_due", "decision_due", "reading_due", "bulletin"]),
                name="mail_asked_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["organisation", "day"],
                condition=Q(kind="post", milestone__isnull=True),
                name="mail_one_post_a_day",
            ),
            models.CheckConstraint(
                condition=(Q(channel="mail") & ~Q(kind="post"))
                | Q(channel="webhook", kind="post", organisation__isnull=False, day__isnull=False),
                name="mail_post_to_an_organisation",
            ),
            models.CheckConstraint(condition=one_of("kind", MailKind), name="mail_kind_known"),
            models.CheckConstraint(condition=one_of("state", MailState), name="mail_state_known"),
            models.CheckConstraint(
                condition=~Q(kind="digest") | Q(recipient__isnull=False, day__isnull=False),
                name="mail_digest_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
