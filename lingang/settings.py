"""What is set, from which variable, and why so?"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

import lingang.sentry
from lingang import addresses, schedule
from lingang.env import Environment, WrongSetting
from lingang.secret import secret_key

env = Environment(os.environ)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / env.text("VAR_DIR", "var")  # everything this installation keeps on disk

# --- Where we are, and what follows from it ---------------------------------------------------------------------------
PORT = env.number("PORT", 8000, least=1, most=65535)
_base = addresses.base_url(env, PORT)
BASE_URL = f"{_base.scheme}://{_base.netloc}"
PRODUCTION = _base.scheme == "https"

DEBUG = env.flag("DEBUG")
if DEBUG and PRODUCTION:
    raise WrongSetting(
        "DEBUG", "shows settings and data to every visitor.", "It is refused when BASE_URL is https; unset it."
    )
DEMO = env.flag("DEMO", default=not PRODUCTION)
if DEMO and PRODUCTION:
    raise WrongSetting("DEMO", "has accounts with known addresses.", "It is refused when BASE_URL is https; unset it.")

SECRET_KEY = secret_key(env, VAR_DIR / "secret_key", production=PRODUCTION)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [*dict.fromkeys([str(_base.hostname), *addresses.LOOPBACK])]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- What it is made of -----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "milestones.apps.MilestonesConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
]
MIDDLEWARE = [
    "milestones.monitoring.middleware.Monitoring",  # first: /health and /metrics answer when what follows does not
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "milestones.web.middleware.PermissionsPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "milestones.web.middleware.Sessions",
    "milestones.api.middleware.Api",
]
ROOT_URLCONF = "lingang.urls"
WSGI_APPLICATION = "lingang.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "milestones.web.shell.shell",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------------------------------
DATABASES = {"default": addresses.database(env, BASE_DIR, VAR_DIR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sign-in limits are counted across processes, and do not depend on the broker: with Redis down people still sign in.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# --- Evidence ---------------------------------------------------------------------------------------------------------
EVIDENCE_DIR = VAR_DIR / "evidence"  # outside the static files: it leaves through pages that ask who is looking
FILE_UPLOAD_HANDLERS = [
    "milestones.evidence.uploads.UpToTheLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "milestones.Person"
AUTHENTICATION_BACKENDS = ["milestones.people.sign_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ADMIN_EMAIL = env.address("ADMIN_EMAIL")  # the first account of an empty installation, where nobody can be asked
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "milestones.web.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "milestones.web.forms.accounts.LoginForm",
    "reset_password": "milestones.web.forms.accounts.ResetForm",
    "change_password": "milestones.web.forms.accounts.ChangePasswordForm",
    "reauthenticate": "milestones.web.forms.accounts.ConfirmForm",
}
# An account is closed for five minutes after five failures; a whole office may sit behind one address.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "30/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_VERIFICATION = "none"  # the office invites people; the link of the invitation proves the address

# Second factors: an app's codes, passkeys, and recovery codes for whoever lost both.
MFA_ADAPTER = "milestones.web.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_FORMS = {
    "authenticate": "milestones.web.second_factor.CodeForm",
    "reauthenticate": "milestones.web.second_factor.ConfirmCodeForm",
    "activate_totp": "milestones.web.second_factor.ActivateForm",
    "authenticate_webauthn": "milestones.web.second_factor.PasskeyForm",
    "login_webauthn": "milestones.web.second_factor.PasskeySignInForm",
    "reauthenticate_webauthn": "milestones.web.second_factor.ConfirmPasskeyForm",
    "add_webauthn": "milestones.web.second_factor.AddPasskeyForm",
    "edit_webauthn": "milestones.web.second_factor.RenamePasskeyForm",
}
SINGLE_SIGN_ON = addresses.single_sign_on(env)  # None where the accounts' own passwords are all there is
SOCIALACCOUNT_ADAPTER = "milestones.web.single_sign_on.Adapter"
SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON.providers() if SINGLE_SIGN_ON else {}
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: a form may go nowhere but here, by the content security policy

# --- Language and time ------------------------------------------------------------------------------------------------
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", [code for code, _ in LANGUAGES], "zh-hans")
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

# --- Mail -------------------------------------------------------------------------------------------------------------
MAIL_TRANSPORT = addresses.mail_transport(env, BASE_DIR, VAR_DIR / "mail")
EMAIL_BACKEND = "lingang.no_mail.EmailBackend"
DEFAULT_FROM_EMAIL = env.address("DEFAULT_FROM_EMAIL", f"milestones@{_base.hostname}")
REPLY_TO = env.address("REPLY_TO")
BOUNCE_ADDRESS = env.address("BOUNCE_ADDRESS")

# --- Webhooks ---------------------------------------------------------------------------------------------------------
# Receivers that may be called although they are not public: an intranet's own chat server, a test's.
WEBHOOK_ALLOWED_NETWORKS = env.networks("WEBHOOK_ALLOWED_NETWORKS")

# --- REST -------------------------------------------------------------------------------------------------------------
FEED_DAYS = env.number("FEED_DAYS", 90, least=1, most=3650)  # how long a cursor of the change feed may rest
API_RATE = env.rate("API_RATE", "6000/min")  # of a client that has no rate of its own, and of a signed-in person
TRUSTED_PROXIES = addresses.proxies(env)  # their X-Forwarded-For tells from where a client calls
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["milestones.api.auth.Bearer", "milestones.api.auth.Session"],
    "DEFAULT_PERMISSION_CLASSES": ["milestones.api.auth.Known"],
    "DEFAULT_THROTTLE_CLASSES": ["milestones.api.throttles.PerClient"],
    "DEFAULT_PARSER_CLASSES": ["milestones.api.parsing.StrictJson"],
    "DEFAULT_RENDERER_CLASSES": ["milestones.api.rendering.Json"],
    "DEFAULT_SCHEMA_CLASS": "milestones.api.schema.Schema",
    "EXCEPTION_HANDLER": "milestones.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "milestones.api.rendering.AlwaysJson",
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,  # what is written and what is read are two components
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],  # words that a field may hold stand at the field
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # `make check` has a stricter one
}

# --- Retention --------------------------------------------------------------------------------------------------------
MAIL_BODY_DAYS = env.number("MAIL_BODY_DAYS", 180, least=1, most=3650)  # then text and HTML of a mail go
ANONYMISE_AFTER_DAYS = env.number("ANONYMISE_AFTER_DAYS", 0, least=0, most=36500)  # after leaving; 0: nobody, ever
SESSION_COOKIE_AGE = env.number("SESSION_DAYS", 14, least=1, most=365) * 24 * 3600
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", 120, least=0, most=525600)  # 0: as long as it lasts
SIGN_IN_DAYS = env.number("SIGN_IN_DAYS", 180, least=1, most=3650)  # what happened at the door is kept

# --- Is it silent? ----------------------------------------------------------------------------------------------------
HEARTBEAT_URL = addresses.outside(env, "HEARTBEAT_URL")  # called after each sweep: its absence is noticed out there
ALARM_WEBHOOK_URL = addresses.outside(env, "ALARM_WEBHOOK_URL")  # told when reminders stop, and when they leave again
SWEEP_LATE_AFTER = env.number("SWEEP_LATE_AFTER", 300, least=1, most=86400)
DELIVERY_LATE_AFTER = env.number("DELIVERY_LATE_AFTER", 600, least=1, most=86400)
MAIL_LATE_AFTER = env.number("MAIL_LATE_AFTER", 900, least=1, most=86400)
WATCH_EVERY = env.number("WATCH_EVERY", 60, least=1, most=3600)  # seconds between two looks of a worker, and of `up`

# --- Celery -----------------------------------------------------------------------------------------------------------
BROKER_DIR = VAR_DIR / "broker"  # the embedded server's data
BROKER_SOCKET = BROKER_DIR / "valkey.sock"
if len(os.fsencode(BROKER_SOCKET)) > 100:  # the kernel's limit for a socket's address is 107 bytes
    _short = hashlib.sha256(os.fsencode(VAR_DIR)).hexdigest()[:16]
    BROKER_SOCKET = Path(tempfile.gettempdir()) / f"lingang-{os.getuid()}-{_short}" / "valkey.sock"
BROKER_EMBEDDED = not env.given("REDIS_URL")
env.url("REDIS_URL", ("redis", "rediss", "redis+socket"))
CELERY_BROKER_URL = env.text("REDIS_URL", f"redis+socket://{quote(str(BROKER_SOCKET))}")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A message that was taken and not answered for comes back after this many seconds: longer than any task may run.
    "visibility_timeout": 600,
    # Look for such messages every 10 seconds instead of every 100.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # Whoever publishes does not wait for a dead broker: the next sweep does what the lost nudge was for.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = schedule.QUEUES
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # they answer to the database, not to the broker
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = schedule.ENTRIES
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")

# --- Pages ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
# HSTS preloading binds the whole domain, for years: the domain's owner decides that, not one application on it.
# The e-mail is unique by a constraint on its normal form, which that check does not see.
SILENCED_SYSTEM_CHECKS = ["security.W021", "auth.W004"]

# --- What is seen of it -----------------------------------------------------------------------------------------------
LOGGING_CONFIG = "lingang.logs.configure"
LOGGING = {"style": env.choice("LOG_FORMAT", ("console", "json"), "console"), "level": "DEBUG" if DEBUG else "INFO"}
METRICS_TOKEN = env.text("METRICS_TOKEN")  # without one, /metrics answers programs on this machine only
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise WrongSetting("METRICS_TOKEN", "is shorter than 20 characters.", "Make one with: openssl rand -hex 20")
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = (
    False  # who looked is known from the user's id; addresses of visitors are kept of sign-ins only (`SignIn`)
)
lingang.sentry.start(env)
