"""How does a test run differ from an installation?"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# What the developer's shell says about an installation must not reach the tests.
for _name in (
    "ADMIN_EMAIL ALLOWED_HOSTS BASE_URL BOUNCE_ADDRESS DATABASE_URL DEBUG DEFAULT_FROM_EMAIL DEMO EMAIL_URL"
    " LANGUAGE_CODE LOG_FORMAT METRICS_TOKEN PORT REDIS_URL REPLY_TO SECRET_KEY SENTRY_DSN TIME_ZONE"
    " ANONYMISE_AFTER_DAYS MAIL_BODY_DAYS SESSION_DAYS WEBHOOK_ALLOWED_NETWORKS"
    " ALARM_WEBHOOK_URL DELIVERY_LATE_AFTER HEARTBEAT_URL MAIL_LATE_AFTER SWEEP_LATE_AFTER WATCH_EVERY"
    " API_RATE FEED_DAYS FORWARDED_ALLOW_IPS"
    " OIDC_CLIENT_ID OIDC_CLIENT_SECRET OIDC_ISSUER OIDC_NAME OIDC_TRUST_EMAIL SESSION_IDLE_MINUTES SIGN_IN_DAYS"
).split():
    os.environ.pop(_name, None)

_memory = Path("/dev/shm")
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="lingang-test-", dir=_memory if os.access(_memory, os.W_OK) else None)
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

TEST_DB = os.environ.get("TEST_DB", "sqlite")
if TEST_DB == "postgresql":
    from tests.servers.postgresql import url

    os.environ["DATABASE_URL"] = url()
elif TEST_DB != "sqlite":
    raise SystemExit(f"TEST_DB is {TEST_DB!r}; it is sqlite or postgresql.")

from lingang.settings import *  # noqa: E402, F403 - the environment above comes first
from lingang.settings import DATABASES, STORAGES, VAR_DIR  # noqa: E402

if TEST_DB == "sqlite":
    # A file, as in an installation: threads and processes of a test meet each other's locks.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = (
        0  # a kept connection of a thread would keep the test database from being dropped
    )

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
CELERY_BROKER_URL = "memory://"  # a nudge goes nowhere; a test that wants a broker asks for the fixture
WHITENOISE_AUTOREFRESH = True  # nothing is collected for tests: files are found where they lie
