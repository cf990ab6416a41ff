"""Which addresses belong to signing in? What we use of allauth, by name, and nothing else of it."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from milestones.web.single_sign_on import PROVIDER
from milestones.web.views import security

to_security = RedirectView.as_view(pattern_name="mfa_index")
to_reset = RedirectView.as_view(pattern_name="account_reset_password")
sso = {"provider_id": PROVIDER}

urlpatterns = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", to_reset, name="account_set_password"),  # of an account that never had one
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("accounts/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("accounts/code/", mfa.authenticate, name="mfa_authenticate"),
    # once more, before something that opens the account to others is touched
    path("accounts/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    # single sign-on: 404 where none is configured
    path("accounts/sso/login/", openid.login, sso, name="openid_connect_login"),
    path("accounts/sso/login/callback/", openid.callback, sso, name="openid_connect_callback"),
    path("accounts/sso/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    # what opens my account, and what is open
    path("me/security/", security.page, name="mfa_index"),
    path("me/security/sessions/end/", security.end_others, name="my_sessions_end"),
    path("me/security/sessions/<int:pk>/end/", security.end_one, name="my_session_end"),
    path("me/security/app/", never_cache(totp.activate_totp), name="mfa_activate_totp"),
    path("me/security/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("me/security/codes/", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("me/security/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("me/security/codes.txt", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("me/security/passkeys/", to_security, name="mfa_list_webauthn"),
    path("me/security/passkeys/new/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("me/security/passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("me/security/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]
