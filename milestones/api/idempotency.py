"""Was this POST made before? Then its answer comes again, and nothing happens twice.

The answer is stored in the transaction of the write (draft-ietf-httpapi-idempotency-key-header, stored for a day).
A request that is refused stores nothing, so its key may be used again.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from milestones.actors import Actor
from milestones.changes import record
from milestones.models import IdempotencyRecord
from milestones.upkeep.retention import ANSWERS_KEPT

from .answers import raw
from .problems import Problem

LONGEST = 255
REPLAYED = ("Location", "ETag", "Cache-Control")
UNKEPT = "no-store"  # what an answer with a secret says to caches; ours seals it

Handler = Callable[..., HttpResponse]


def once(handler: Handler, actor: Actor, owner: str, prepare: Callable[[], object]) -> Handler:
    """`handler`, done once for each key of `owner`; as it is when the request brings no key. What is slow and writes
    nothing is done by `prepare`, before the transaction: on SQLite nobody else writes meanwhile."""

    def run(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(request, *args, **kwargs)
        _check(key)
        now, fingerprint = timezone.now(), _fingerprint(request)
        if not IdempotencyRecord.objects.filter(owner=owner, key=key).exists():
            prepare()
        with record.writing(actor=actor, now=now):
            _alone(owner, key)
            if (known := _known(owner, key, now)) is not None:
                return _again(known, fingerprint)
            answer = handler(request, *args, **kwargs)
            if 200 <= answer.status_code < 300:
                _store(answer, owner, key, fingerprint, now)
            return answer

    return run


def _check(key: str) -> None:
    if not key.strip() or len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise Problem("malformed", _("An Idempotency-Key has 1 to %(most)s ASCII characters.") % {"most": LONGEST})


def _fingerprint(request: Request) -> str:
    told = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    files = getattr(request, "FILES", None) or {}
    data = request.data
    if isinstance(data, bytes):
        told.update(getattr(data, "by_value", data))
    else:
        plain = {name: data.getlist(name) for name in data if name not in files} if hasattr(data, "getlist") else data
        told.update(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS, default=str))
    for name in sorted(files):
        told.update(name.encode())
        for chunk in files[name].chunks():
            told.update(chunk)
        files[name].seek(0)
    return told.hexdigest()


def _alone(owner: str, key: str) -> None:
    """One at a time. On SQLite writers wait for one another anyway, and the second one finds the answer."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(f"{owner}\n{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            words = _("The first request with this key has no answer yet; ask again in a second.")
            raise Problem("in-progress", words, headers={"Retry-After": "1"})


def _known(owner: str, key: str, now: datetime) -> IdempotencyRecord | None:
    rows = IdempotencyRecord.objects.filter(owner=owner, key=key)
    found = rows.first()
    if found is not None and found.created_at < now - ANSWERS_KEPT:
        rows.delete()
        return None
    return found


def _again(known: IdempotencyRecord, fingerprint: str) -> HttpResponse:
    if known.fingerprint != fingerprint:
        words = _("This key was used for another request; give each request a key of its own.")
        raise Problem("key-reused", words)
    body = _opened(known) if known.headers.get("Cache-Control") == UNKEPT else known.body
    answer = raw(body.encode(), known.status, {**known.headers, "Idempotent-Replayed": "true"})
    if known.status == 204:
        del answer["Content-Type"]
    return answer


def _store(answer: HttpResponse, owner: str, key: str, fingerprint: str, now: datetime) -> None:
    IdempotencyRecord.objects.create(
        owner=owner,
        key=key,
        fingerprint=fingerprint,
        status=answer.status_code,
        headers={name: answer[name] for name in REPLAYED if name in answer},
        body=_kept(answer),
        created_at=now,
    )


def _kept(answer: HttpResponse) -> str:
    """A secret that is shown once is kept so that the database alone does not tell it."""
    if answer.get("Cache-Control") != UNKEPT:
        return answer.content.decode()
    return _seal().encrypt(answer.content).decode()


def _opened(known: IdempotencyRecord) -> str:
    try:
        return _seal().decrypt(known.body.encode()).decode()
    except InvalidToken:  # SECRET_KEY is another one since
        words = _("The first answer held a secret and can be told no more; rotate the secret for a new one.")
        raise Problem("conflict", words) from None


def _seal() -> Fernet:
    key = hashlib.sha256(b"idempotent answers\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
