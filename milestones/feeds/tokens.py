"""Which feed does an address open, and is it still open?

The token is the feed's id and a code made of it with the secret: it is stored nowhere, and always the same.
"""

from __future__ import annotations

import base64
import hmac
import uuid
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.errors import DomainError
from milestones.models import CalendarFeed

MAC_BYTES = 20


class FeedUnknown(DomainError):
    """No feed was ever given out under this address."""

    code = "feed_unknown"
    message = _("There is no calendar here.")


class FeedGone(DomainError):
    """The address was revoked, or its person no longer has an active account."""

    code = "feed_gone"
    message = _("This calendar address is no longer valid; make a new one on the page of your settings.")


def sign(feed: CalendarFeed) -> str:
    return base64.urlsafe_b64encode(feed.pk.bytes + _mac(feed)).decode()  # 36 bytes: nothing is padded


def address(feed: CalendarFeed) -> str:
    return f"{settings.BASE_URL}/feeds/{sign(feed)}.ics"


def read(token: str) -> CalendarFeed:
    """The feed behind `token`, with its person and plan; raises FeedUnknown or FeedGone."""
    try:
        pk = uuid.UUID(bytes=base64.urlsafe_b64decode(token.encode())[:16])
        feed = CalendarFeed.objects.select_related("person", "plan").get(pk=pk)
    except (ValueError, CalendarFeed.DoesNotExist) as error:
        raise FeedUnknown from error
    if not hmac.compare_digest(token.encode(), sign(feed).encode()):
        raise FeedUnknown
    if feed.revoked_at is not None or not access.may_sign_in(feed.person):
        raise FeedGone
    return feed


def _mac(feed: CalendarFeed) -> bytes:
    key = sha256(b"lingang calendar feed" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, feed.pk.bytes, sha256)[:MAC_BYTES]
