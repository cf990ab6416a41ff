"""Where is counted how often somebody asked? In the broker, which all processes share; without it, in each process.

An answer is worth more than a count: when the broker does not answer at once, this process counts alone for a moment,
so that nobody is refused and nobody asks without limit.
"""

from __future__ import annotations

import time
from functools import lru_cache
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from milestones.rates import Rate

from . import sliding
from .sliding import Verdict

log = structlog.get_logger(__name__)

PATIENCE = 0.2  # seconds, for a broker that is on this machine or beside it
ALONE_FOR = 2.0  # seconds until a broker that failed is asked again
MOST_KEYS = 10_000  # that a process keeps when it counts alone
PREFIX = "api:asked:"

_alone_until = 0.0
_own: dict[str, dict[int, int]] = {}
_lock = Lock()


def take(who: str, rate: Rate) -> Verdict:
    """One more request of `who`: whether it is within its rate, and how many more are."""
    now, key = time.time_ns() // 1_000_000, f"{PREFIX}{who}:{rate.seconds}"
    return _shared(key, now, rate) or _alone(key, now, rate)


def forget() -> None:
    """What this process counted alone."""
    global _alone_until  # noqa: PLW0603 - of the process, as the counts are
    with _lock:
        _own.clear()
    _alone_until = 0.0


def _shared(key: str, now: int, rate: Rate) -> Verdict | None:
    global _alone_until  # noqa: PLW0603 - of the process
    script = _script(settings.CELERY_BROKER_URL)
    if script is None or time.monotonic() < _alone_until:
        return None
    try:
        allowed, left, wait = script(keys=[key], args=[now, sliding.width(rate), rate.count])
    except redis.RedisError as error:
        _alone_until = time.monotonic() + ALONE_FOR
        log.warning("counting_alone", why=str(error))
        return None
    return Verdict(bool(allowed), left, wait)


def _alone(key: str, now: int, rate: Rate) -> Verdict:
    with _lock:
        if len(_own) >= MOST_KEYS and key not in _own:
            _own.clear()  # whoever comes with that many names is let in again; memory is not theirs
        return sliding.take(_own.setdefault(key, {}), now, rate)


@lru_cache(maxsize=4)
def _script(broker: str) -> Any:
    """None where the broker is no server, as in tests."""
    how: dict[str, Any] = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 1),  # once, for a connection that the server has closed meanwhile
    }
    scheme, _colon, rest = broker.partition("://")
    match scheme:
        case "redis" | "rediss":
            server = redis.Redis.from_url(broker, **how)
        case "redis+socket":
            path, _mark, query = rest.partition("?")
            user, _at, path = path.rpartition("@")
            number = int(parse_qs(query).get("virtual_host", ["0"])[0])
            password = unquote(user.partition(":")[2]) or None
            server = redis.Redis(unix_socket_path=unquote(path), db=number, password=password, **how)
        case _:
            return None
    return server.register_script(sliding.SCRIPT)
