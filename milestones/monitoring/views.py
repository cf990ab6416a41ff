"""Is the process alive, can it work, do reminders leave, and what are the figures?"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from milestones.upkeep import schema
from milestones.upkeep.condition import MAIL_MAY_WAIT, SWEEP_MAY_BE_OLD, Condition, condition, provisional_years

from .watchers import may_read_metrics

log = logging.getLogger(__name__)

NO_DATABASE = "the database does not answer"


@require_safe
@cache_control(no_store=True)
def live(request: HttpRequest) -> HttpResponseBase:
    """200 as long as this process answers; asks nothing of anything else."""
    return answer([])


@require_safe
@cache_control(no_store=True)
def ready(request: HttpRequest) -> HttpResponseBase:
    """200 when the database is there and has this version's tables."""
    try:
        missing = schema.missing(connection)
    except Error as error:
        log.warning("health: %s: %s", NO_DATABASE, error)
        return answer([NO_DATABASE])
    return answer([f"{len(missing)} migrations are not applied"] if missing else [], migrations_missing=missing)


@require_safe
@cache_control(no_store=True)
def reminders(request: HttpRequest) -> HttpResponseBase:
    """200 when a sweep ran lately, no mail waits too long and the broker answers; the ages in any case."""
    now = timezone.now()
    try:
        found = condition(now=now, started=apps.get_app_config("milestones").started_at)  # type: ignore[attr-defined]
    except Error as error:
        log.warning("health: %s: %s", NO_DATABASE, error)
        return answer([NO_DATABASE])
    return answer(
        found.problems(), **shape(found), calendar={"provisional_years": provisional_years(timezone.localtime(now))}
    )


@require_safe
@cache_control(no_store=True)
def metrics(request: HttpRequest) -> HttpResponseBase:
    """The figures for Prometheus, counted now: the same whichever process is asked."""
    if not may_read_metrics(request):
        return HttpResponse("a token is needed\n", "text/plain", 401, headers={"WWW-Authenticate": "Bearer"})
    from prometheus_client import exposition

    from .figures import registry

    encode, content_type = exposition.choose_encoder(request.headers.get("Accept", ""))
    try:
        return HttpResponse(encode(registry(timezone.now())), content_type)
    except Error as error:
        log.warning("metrics: %s: %s", NO_DATABASE, error)
        return HttpResponse(f"{NO_DATABASE}\n", "text/plain", 503)


def answer(problems: list[str], **more: Any) -> JsonResponse:
    body = {"ok": not problems, "problems": problems, **more}
    response = JsonResponse(body, status=503 if problems else 200, headers={"X-Content-Type-Options": "nosniff"})
    # The monitor knows; without this mark of its own Django would log every 503 as an error of ours.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def shape(found: Condition) -> dict[str, Any]:
    return {
        "sweep": {
            "last": instant(found.last_sweep),
            "age_seconds": seconds(found.sweep_age),
            "limit_seconds": seconds(SWEEP_MAY_BE_OLD),
            "started": instant(found.started),
        },
        "mail": {
            "oldest_due_age_seconds": seconds(found.oldest_due_age),
            "limit_seconds": seconds(MAIL_MAY_WAIT),
            "due": found.mail.due,
            "trying_again": found.mail.trying_again,
            "nothing_taken_for_seconds": seconds(found.refused_age),
        },
        "broker": {"reachable": found.broker},
    }


def seconds(age: timedelta) -> int:
    return int(age.total_seconds())


def instant(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
