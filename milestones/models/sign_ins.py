"""What happened at the door, whose password is still somebody else's, and who must show a second factor?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import Versioned, one_of, uuid7
from .people import Person, Role


class Happening(models.TextChoices):
    SUCCEEDED = "succeeded", pgettext_lazy("sign-in", "signed in")
    FAILED = "failed", pgettext_lazy("sign-in", "failed")
    CODE_FAILED = "code_failed", pgettext_lazy("sign-in", "second factor failed")
    LOCKED_OUT = "locked_out", pgettext_lazy("sign-in", "locked out")
    REFUSED = "refused", pgettext_lazy("sign-in", "refused")
    SIGNED_OUT = "signed_out", pgettext_lazy("sign-in", "signed out")
    TIMED_OUT = "timed_out", pgettext_lazy("sign-in", "ended because nobody used it")
    ENDED = "ended", pgettext_lazy("sign-in", "signed out from elsewhere")
    PASSWORD_CHANGED = "password_changed", pgettext_lazy("sign-in", "password changed")
    RESET_ASKED = "reset_asked", pgettext_lazy("sign-in", "link for a new password asked for")
    PASSWORD_SET = "password_set", pgettext_lazy("sign-in", "password set by a link")
    PASSWORD_GIVEN = "password_given", pgettext_lazy("sign-in", "first password given by the office")
    FACTOR_ADDED = "factor_added", pgettext_lazy("sign-in", "second factor added")
    FACTOR_REMOVED = "factor_removed", pgettext_lazy("sign-in", "second factor removed")
    CODES_MADE = "codes_made", pgettext_lazy("sign-in", "recovery codes made")
    LINKED = "linked", pgettext_lazy("sign-in", "single sign-on linked")


class SignIn(models.Model):
    """登录审计: append by `people.sign_ins`, its own history, gone after SIGN_IN_DAYS.

    `person` is None when what was `typed` is no account's name or address; then `typed` is masked, for people type
    passwords there. `done_by` is whoever of the office did it to them. `method` has the ways used, joined by “+”:
    `password`, `password+code`, `passkey`, …
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), db_index=True)
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="sign_ins", verbose_name=_("person"), db_index=False
    )
    typed = models.CharField(_("typed"), max_length=20, blank=True)
    happening = models.CharField(_("what happened"), max_length=16, choices=Happening.choices)
    method = models.CharField(_("by"), max_length=60, blank=True)
    done_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("done by"), db_index=False
    )
    address = models.CharField(_("from address"), max_length=45, blank=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "-id"], name="sign_in_of_person"),
            models.Index(fields=["happening", "-id"], name="sign_in_by_happening"),
        ]
        constraints = [
            models.CheckConstraint(condition=one_of("happening", Happening), name="sign_in_happening_known"),
        ]

    def __str__(self) -> str:
        return self.get_happening_display()


class FirstPassword(models.Model):
    """Whose password the office knows: they choose their own before anything else, and this row goes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField(Person, models.CASCADE, related_name="first_password", verbose_name=_("person"))
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("first password")
        verbose_name_plural = _("first passwords")

    def __str__(self) -> str:
        return str(self.person)


class SecondFactorDemand(Versioned):
    """Whoever has this role signs in with a second factor; without the row they may."""

    role = models.CharField(_("role"), max_length=12, choices=Role.choices)

    class Meta:
        verbose_name = _("role with a second factor")
        verbose_name_plural = _("roles with a second factor")
        ordering = ["role"]
        constraints = [
            models.UniqueConstraint(fields=["role"], name="second_factor_once"),
            models.CheckConstraint(condition=one_of("role", Role), name="second_factor_role_known"),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
