"""From which address does somebody call?"""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The peer's; where that is a proxy of ours (this machine, FORWARDED_ALLOW_IPS), the nearest address in
    X-Forwarded-For that is none. What stands farther left was written by whoever called."""
    found = str(request.META.get("REMOTE_ADDR", ""))
    for named in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not named.strip() or not _is_ours(found):
            break
        found = named.strip()
    return found


def _is_ours(text: str) -> bool:
    try:
        place = ipaddress.ip_address(text)
    except ValueError:
        return False
    place = getattr(place, "ipv4_mapped", None) or place
    return any(place in network for network in settings.TRUSTED_PROXIES)
