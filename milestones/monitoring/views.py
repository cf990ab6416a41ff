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
from milestones.upkeep.condition import (
    Condition,
    condition,
    delivery_limit,
    mail_limit,
    provisional_years,
    sweep_limit,
)

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
    """200 when sweep and delivery ran lately and no mail waits too long; ages, pause and broker in any case."""
    now = timezone.now()
    try:
        found = condition(now=now, started=apps.get_app_config("milestones").started_at)  # type: ignore[attr-defined]
    except Error as error:
        log.warning("health: %s: %s", NO_DATABASE, error)
        return answer([NO_DATABASE])
    problems = [problem.plain(now) for problem in found.problems()]
    return answer(problems, **shape(found), calendar={"provisional_years": provisional_years(timezone.localtime(now))})


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
    mail = found.mail
    return {
        "started": instant(found.started),
        "sweep": job(found, found.last_sweep, found.swept, sweep_limit()),
        "delivery": {
            **job(found, found.last_delivery, found.delivered, delivery_limit()),
            "paused": mail.paused_at is not None,
            "paused_at": instant(mail.paused_at),
        },
        "mail": {
            "oldest_due_age_seconds": seconds_since(mail.oldest_due, found.now) or 0,
            "limit_seconds": seconds(mail_limit()),
            "due": mail.due,
            "trying_again": mail.trying_again,
            "nothing_taken_for_seconds": seconds_since(mail.nothing_taken_since, found.now) or 0,
        },
        "broker": {"reachable": found.broker},
    }


def job(found: Condition, last: datetime | None, counted: datetime | None, limit: timedelta) -> dict[str, Any]:
    """`age_seconds` is what is held against the limit: since the last run or, when that is later, since the start."""
    return {"last": instant(last), "age_seconds": seconds_since(counted, found.now), "limit_seconds": seconds(limit)}


def seconds_since(at: datetime | None, now: datetime) -> int | None:
    return seconds(now - at) if at else None


def seconds(age: timedelta) -> int:
    return int(age.total_seconds())


def instant(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
