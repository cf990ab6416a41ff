"""How often may somebody ask, and how are they told (draft-ietf-httpapi-ratelimit-headers)?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from milestones import callers, rates
from milestones.rates import Rate

from . import counters
from .sliding import Verdict

# Of an address whose tokens are refused, or who reads the documentation: guessing is hopeless, but not free for us. A
# good token is let in all the same: who sits behind one address with others does not pay for them.
STRANGERS = Rate(300, 60)
own_rate = lru_cache(maxsize=1024)(rates.parse)


@dataclass(frozen=True)
class Quota:
    """What an answer tells of the limit that it fell under."""

    name: str
    rate: Rate
    verdict: Verdict

    def headers(self) -> Iterator[tuple[str, str]]:
        """`t` is after how many seconds all is there again, or, when none is left, one."""
        rest = self.wait if not self.verdict.allowed else self.rate.seconds
        yield "RateLimit-Policy", f'"{self.name}";q={self.rate.count};w={self.rate.seconds}'
        yield "RateLimit", f'"{self.name}";r={self.verdict.left};t={rest}'
        if not self.verdict.allowed:
            yield "Retry-After", str(self.wait)

    @property
    def wait(self) -> int:
        """Whole seconds, never too few."""
        return max(1, math.ceil(self.verdict.wait / 1000))


class PerClient(BaseThrottle):
    """By its own rate or the installation's; a signed-in person by the latter."""

    quota: Quota | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        caller: Any = request.user
        if not getattr(caller, "limited", True):
            return True
        if caller is None:
            self.quota = of_strangers(request._request)
        else:
            rate = own_rate(caller.rate) if getattr(caller, "rate", "") else settings.API_RATE
            self.quota = note(request._request, "default", f"{caller.pk}", rate)
        return self.quota.verdict.allowed

    def wait(self) -> float | None:
        return self.quota.wait if self.quota is not None else None


def of_strangers(request: HttpRequest) -> Quota:
    return note(request, "address", f"address:{callers.address(request)}", STRANGERS)


def note(request: HttpRequest, name: str, who: str, rate: Rate) -> Quota:
    """Count one; `middleware.Api` tells the outcome in the answer's headers."""
    quota = Quota(name, rate, counters.take(who, rate))
    request.api_quota = quota  # type: ignore[attr-defined]  # where the answer's headers come from
    return quota
