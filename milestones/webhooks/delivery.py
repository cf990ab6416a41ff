"""How do messages leave: claim, commit, call, mark? Exactly when a double is possible is told in
docs/algorithms/webhooks.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings

from milestones.changes.heartbeat import beat
from milestones.models import WebhookDelivery, WebhookEndpoint

from . import claims, marks, payloads, signing
from .calls import Caller, Failure, Letter, Result
from .claims import Line

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

LINES = 8  # receivers that are called at the same time
LONGEST_RUN = timedelta(seconds=20)  # until nothing more is claimed
LOOK_EVERY = 0.5  # seconds; what came due while receivers keep us waiting
NAME = "webhooks"  # of the heartbeat


def deliver(clock: Clock, *, caller: Caller | None = None) -> Counter[str]:
    """Send what is due; how many were `sent` and how many `refused`. Safe to run any number of times side by side.

    Receivers are called in threads; the database is this thread's alone. One that refuses is left alone until the next
    run.
    """
    run = _Run(clock, caller or Caller(settings.WEBHOOK_ALLOWED_NETWORKS))
    with ThreadPoolExecutor(LINES, thread_name_prefix="webhook") as threads:
        run.go(threads)
    beat(NAME, clock())
    return run.done


class _Run:
    """One worker's way through what is due: who is being called, and who refused."""

    def __init__(self, clock: Clock, caller: Caller) -> None:
        self.clock = clock
        self.caller = caller
        self.ends = clock() + LONGEST_RUN
        self.calls: dict[Future[Result], tuple[Line, WebhookDelivery, datetime]] = {}
        self.refusing: set[Any] = set()
        self.done: Counter[str] = Counter()

    def go(self, threads: ThreadPoolExecutor) -> None:
        while True:
            now = self.clock()
            free = LINES - len(self.calls) if now < self.ends else 0
            for line in claims.claim(free, now, but=self.refusing) if free else ():
                self.call_next(line, threads)
            if not self.calls:
                return
            finished, _going = wait(self.calls, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
            for future in finished:
                self.finish(future, threads)

    def call_next(self, line: Line, threads: ThreadPoolExecutor) -> None:
        """The next of the line, unless there is none, or its lease or this run might end before its answer."""
        now = self.clock()
        if now >= self.ends or line.until - now < claims.LEASE / 2:
            claims.put_back(line)
        if line.rest:
            delivery = line.rest.pop(0)
            self.calls[threads.submit(self.caller.call, letter(delivery, line.endpoint, now))] = line, delivery, now

    def finish(self, future: Future[Result], threads: ThreadPoolExecutor) -> None:
        line, delivery, at = self.calls.pop(future)
        result = _result(future, delivery)
        if result.is_taken:
            self.done["sent"] += marks.taken(delivery, result, at, self.clock())
            self.call_next(line, threads)
        else:
            self.refusing.add(line.endpoint.pk)
            claims.put_back(line)
            self.done["refused"] += marks.refused(delivery, result, at, self.clock())


def letter(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> Letter:
    """Signed for an attempt made now, during a rotation by both secrets."""
    body = payloads.body(delivery)
    keys = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until is not None and now < endpoint.previous_until:
        keys.append(endpoint.previous_secret)
    headers = {"Content-Type": "application/json", **signing.headers(str(delivery.pk), now, body, keys)}
    return Letter(endpoint.url, headers, body)


def _result(future: Future[Result], delivery: WebhookDelivery) -> Result:
    """Whatever one receiver provokes must not hold up the others."""
    error = future.exception()
    if error is None:
        return future.result()
    log.error("webhook_call_failed", delivery=str(delivery.pk), exc_info=error)
    return Result(0, failure=Failure.FAULT, said=type(error).__name__)
