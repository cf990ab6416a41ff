"""What may people type about their own account?"""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from milestones.models import DigestFrequency, Happening, Language, Person
from milestones.people import operations as people
from milestones.people import preferences, sign_in
from milestones.web import door

from .refusing import RefusingForm

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class LoginForm(AllauthLoginForm):
    """Our words, and a name in place of an address; allauth's checks and limits."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        attrs = {"autocomplete": "username webauthn", "autofocus": True}
        self.fields["login"] = forms.CharField(label=_("Name or e-mail"), max_length=254, widget=forms.TextInput(attrs))
        self.order_fields(["login", "password", "remember"])
        password = self.fields["password"]
        password.label, password.help_text = _("Password"), ""
        password.widget.attrs = {"autocomplete": "current-password"}
        self.fields["remember"].label = _("Stay signed in when I close the browser")

    def clean_login(self) -> str:
        """The address of whom was named: limits count by it, whatever was typed."""
        typed = super().clean_login()
        person = sign_in.find(typed)
        return person.email if person is not None else str(typed)

    @property
    def single_sign_on(self) -> str:
        """What the button says; empty where there is none."""
        return settings.SINGLE_SIGN_ON.name or gettext("Single sign-on") if settings.SINGLE_SIGN_ON else ""


class ResetForm(forms.Form):
    """Asks for a link. Whether the address has an account is told to nobody but its reader."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "username", "autofocus": True})
    )

    def save(self, request: HttpRequest, **options: Any) -> str:
        email = str(self.cleaned_data["email"])
        person = Person.objects.active().by_email(email).first()
        if person is not None:
            people.ask_for_reset(person, now=timezone.now())
        door.note(request, Happening.RESET_ASKED, person=person, typed=email, method="link")
        return email


class NewPasswordForm(forms.Form):
    password1 = forms.CharField(
        label=_("New password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label=_("New password, once more"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, person: Person, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        self.fields["password1"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ; type the same one twice."))
        elif first:
            try:
                validate_password(first, self.person)
            except ValidationError as error:
                self.add_error("password1", error)
        return given


class ChangePasswordForm(NewPasswordForm):
    """For somebody who is signed in and knows the old one."""

    oldpassword = forms.CharField(
        label=_("Present password"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    field_order = ["oldpassword", "password1", "password2"]

    def __init__(self, *args: Any, user: Person, **options: Any) -> None:
        super().__init__(user, *args, **options)
        self.user = user

    def clean_oldpassword(self) -> str:
        given = str(self.cleaned_data["oldpassword"])
        if not self.person.check_password(given):
            raise ValidationError(_("This is not the present password."))
        return given

    def save(self) -> None:
        from milestones.web.adapter import Adapter

        Adapter().set_password(self.person, self.cleaned_data["password1"])


class ConfirmForm(AllauthReauthenticateForm):
    """Once more, before something that opens the account to others is touched."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].label, self.fields["password"].help_text = _("Present password"), ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password", "autofocus": True}


class PreferencesForm(RefusingForm):
    language = forms.ChoiceField(label=_("Language of pages and mails"), choices=Language.choices)
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=64, help_text=_("A name such as Asia/Shanghai; your days and hours are there.")
    )
    digest_frequency = forms.ChoiceField(label=_("Reminders come as"), choices=DigestFrequency.choices)
    send_hour = forms.TypedChoiceField(
        label=_("They leave at"),
        choices=HOURS,
        coerce=int,
        help_text=_("On working days, on your own clock; nothing leaves earlier."),
    )
    digest_muted = forms.BooleanField(
        label=_("Remind me of nothing before the deadline"),
        required=False,
        help_text=_("Mails on the deadline itself, notices, and mails about duties given to you still come."),
    )
    muted_steps = forms.MultipleChoiceField(
        label=_("Do not send me"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Notices and the deadline itself cannot be muted. The supervision office sees what you mute."),
    )

    @classmethod
    def of(cls, person: Person, today: date, data: Any = None) -> PreferencesForm:
        form = cls(data, initial={name: getattr(person, name) for name in cls.base_fields})
        steps: Any = form.fields["muted_steps"]
        steps.choices = preferences.choices(person, today)
        return form
