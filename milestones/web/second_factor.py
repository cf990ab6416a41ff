"""What of allauth's second factors do we do our own way?"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from milestones.models import Happening
from milestones.web import door
from milestones.web.reader import unwrapped

QUIET = 4  # modules of white around a code (ISO/IEC 18004)
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": 20}


class Adapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This does not fit. Take the code that the app shows now, or a recovery code."),
    }

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def _get_site_name(self) -> str:
        return _("Lingang milestones")

    def build_totp_svg(self, url: str) -> SafeString:
        """An element of the page: a picture as a `data:` address would need a hole in the content security policy."""
        import qrcode  # type: ignore[import-untyped]  # seldom needed: not at every start

        code = qrcode.QRCode(border=QUIET)
        code.add_data(url)
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        label = _("QR code for the app")
        form = '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"><path d="{2}"/></svg>'
        return format_html(form, len(rows), label, path)

    def encrypt(self, text: str) -> str:
        return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}


@lru_cache(maxsize=2)
def _fernet(secret: str) -> Fernet:
    """A copy of the database alone opens no account: the key is made from SECRET_KEY."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factor\0" + secret.encode()).digest()))


class Noting:
    """A form of allauth for the person `user`; what it refuses is written down."""

    user: Any
    method = "code"

    def noted(self, check: Any) -> Any:
        try:
            return check()
        except ValidationError as error:
            locked = error.code in ("too_many_login_attempts", "rate_limited")
            happening = Happening.LOCKED_OUT if locked else Happening.CODE_FAILED
            person = unwrapped(self.user) if self.user is not None else None
            door.note(context.request, happening, person=person, method=self.method)
            raise


class _Code(Noting):
    fields: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].label = pgettext("one-time", "Code")
        self.fields["code"].widget.attrs = {**CODE}

    def clean_code(self) -> str:
        return str(self.noted(super().clean_code))  # type: ignore[misc]


class CodeForm(_Code, AuthenticateForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].help_text = _("Six figures from the app, or one of your recovery codes.")


class ConfirmCodeForm(_Code, ReauthenticateForm):
    pass


class ActivateForm(_Code, ActivateTOTPForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].help_text = _("Six figures that the app shows now.")


class _Passkey(Noting):
    method = "passkey"

    def clean_credential(self) -> Any:
        return self.noted(super().clean_credential)  # type: ignore[misc]


class PasskeyForm(_Passkey, AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_Passkey, LoginWebAuthnForm):
    pass


class ConfirmPasskeyForm(_Passkey, ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    """Where the device can, one that signs in by itself with its PIN, finger or face; else a second factor."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name")
        self.fields["name"].max_length = 60
        self.fields["name"].help_text = _("To tell it from others, such as “office computer” or “telephone”.")
        del self.fields["passwordless"]


class RenamePasskeyForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name")
