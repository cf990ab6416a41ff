"""Since when has nobody used this session, and is that too long?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone

KEY = "seen_at"
NOTED_EVERY = timedelta(minutes=1)  # a session is not written at every request


def seen(request: HttpRequest) -> None:
    request.session[KEY] = timezone.now().timestamp()


def is_over(request: HttpRequest) -> bool:
    """Whether somebody's session was left for longer than SESSION_IDLE_MINUTES (0: as long as it lasts)."""
    rested, longest = _rested(request), timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    return bool(longest) and rested is not None and rested > longest


def note(request: HttpRequest) -> None:
    """That somebody's session is in use, at most once a minute; what was opened otherwise begins to count now."""
    if SESSION_KEY not in request.session:
        return
    rested = _rested(request)
    if rested is None or rested >= NOTED_EVERY:
        seen(request)
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def _rested(request: HttpRequest) -> timedelta | None:
    at = request.session.get(KEY)
    if at is None or SESSION_KEY not in request.session:
        return None
    return timezone.now() - datetime.fromtimestamp(at, UTC)
