"""Who may read the figures? Whoever is on this machine, or has the token."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest

# What proxies add. A request that came through one is not local, whatever address it claims or the proxy has.
THROUGH_A_PROXY = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")


def may_read_metrics(request: HttpRequest) -> bool:
    return has_token(request) or is_local(request)


def has_token(request: HttpRequest) -> bool:
    """Whether `Authorization: Bearer …` is METRICS_TOKEN; never when that is not set."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    right = scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), settings.METRICS_TOKEN.encode())
    return bool(settings.METRICS_TOKEN) and right


def is_local(request: HttpRequest) -> bool:
    """Whether the other end of the connection is a program on this machine that asks for itself."""
    if any(header in request.headers for header in THROUGH_A_PROXY):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
