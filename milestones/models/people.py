"""Who signs in, in which roles, and when and in which language do they want to hear from us?"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import _user_has_module_perms, _user_has_perm  # type: ignore[attr-defined]
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .base import Versioned, one_of, uuid7
from .search import FindField


class Role(models.TextChoices):
    OFFICE = "office", _("supervision office")
    COORDINATOR = "coordinator", _("coordinator")
    OWNER = "owner", _("owner")
    LEADER = "leader", _("leader")
    VIEWER = "viewer", _("viewer")


class Language(models.TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class DigestFrequency(models.TextChoices):
    DAILY = "daily", _("one digest a working day")
    IMMEDIATE = "immediate", _("each reminder in a mail of its own, at once")


def normal_email(text: str) -> str:
    """Trimmed and NFKC (UAX 15): full-width letters typed by an input method become the ASCII ones they stand for.

    A domain in other letters is written as the ASCII one that mail servers know (RFC 3490).
    """
    email = unicodedata.normalize("NFKC", text or "").strip()
    name, at, domain = email.rpartition("@")
    if domain.isascii():
        return email
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{name}{at}{domain}"


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone; use a name such as Asia/Shanghai."),
            params={"name": name},
        )


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        return self.filter(is_active=True)

    def in_role(self, role: str) -> PersonQuerySet:
        return self.filter(grants__role=role)

    def by_email(self, email: str) -> PersonQuerySet:
        return self.alias(_email=Lower("email")).filter(_email=normal_email(email).lower())


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.by_email(username or "").get()


class Person(AbstractBaseUser, Versioned):
    """人员 = the sign-in account. What a person may do is asked of `milestones.access`, never of this class."""

    display_name = models.CharField(_("display name"), max_length=80)
    email = models.EmailField(_("e-mail"), max_length=254)
    organisation = models.ForeignKey(
        "Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation"),
    )
    language = models.CharField(_("language"), max_length=7, choices=Language.choices, default=Language.CHINESE)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Asia/Shanghai",
        validators=[validate_time_zone],
    )
    send_hour = models.PositiveSmallIntegerField(
        _("send hour"),
        default=8,
        validators=[MaxValueValidator(23)],
        help_text=_("0–23, on this person's own clock"),
    )
    digest_muted = models.BooleanField(
        _("digest muted"),
        default=False,
        help_text=_("stops digests of reminders before the deadline; nothing else"),
    )
    digest_frequency = models.CharField(
        _("digest"), max_length=9, choices=DigestFrequency.choices, default=DigestFrequency.DAILY
    )
    muted_steps = models.JSONField(
        _("muted steps"), default=list, blank=True, help_text=_("codes of steps that this person does not want")
    )
    bouncing_since = models.DateTimeField(_("address returns mail since"), null=True, editable=False)
    bounce_reply = models.TextField(_("the server's words"), blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    deactivated_at = models.DateTimeField(_("deactivated at"), null=True, editable=False)
    anonymised_at = models.DateTimeField(_("anonymised at"), null=True, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)
    find = FindField("display_name", "email")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["display_name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_unique"),
            models.CheckConstraint(condition=one_of("language", Language), name="person_language_known"),
            models.CheckConstraint(
                condition=one_of("digest_frequency", DigestFrequency), name="person_digest_frequency_known"
            ),
            models.CheckConstraint(
                condition=models.Q(send_hour__lte=23),
                name="person_send_hour_on_the_clock",
            ),
            models.CheckConstraint(
                condition=models.Q(anonymised_at__isnull=True) | models.Q(is_active=False),
                name="person_anonymised_is_inactive",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants.all())

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return bool(_user_has_perm(self, perm, obj))

    def has_perms(self, perms: Any, obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, label: str) -> bool:
        return bool(_user_has_module_perms(self, label))


class RoleGrant(models.Model):
    """A role a person has, since when. Part of the person: its changes are entries of the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    granted_at = models.DateTimeField(_("granted at"), editable=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="role_grant_once"),
            models.CheckConstraint(condition=one_of("role", Role), name="role_grant_known"),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
