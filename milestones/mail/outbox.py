"""How do letters reach the outbox? What one act tells one person about many things is one mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from milestones.models import OutgoingMail

from .together import key, together

_waiting: ContextVar[list[OutgoingMail] | None] = ContextVar("letters of the act that goes on", default=None)


def put(letters: Iterable[OutgoingMail]) -> None:
    """Into the outbox, in the caller's transaction; inside `one_act` at its end."""
    waiting = _waiting.get()
    if waiting is None:
        OutgoingMail.objects.bulk_create(joined(letters))
    else:
        waiting.extend(letters)


@contextmanager
def one_act() -> Iterator[None]:
    """Around many verbs in one transaction that somebody sees as one act; what is rolled back tells nobody.

    One inside another is a part of it: when it fails, its own letters go, and those before stay.
    """
    waiting = _waiting.get()
    if waiting is not None:
        with _part(waiting):
            yield
        return
    letters: list[OutgoingMail] = []
    token = _waiting.set(letters)
    try:
        yield
    finally:
        _waiting.reset(token)
    OutgoingMail.objects.bulk_create(joined(letters))


def joined(letters: Iterable[OutgoingMail]) -> list[OutgoingMail]:
    """What says the same to one person about several things as one letter; the others as they are."""
    groups: dict[object, list[OutgoingMail]] = defaultdict(list)
    for letter in letters:
        groups[key(letter)].append(letter)
    return [letter for group in groups.values() for letter in (group if len(group) == 1 else together(group))]


@contextmanager
def _part(waiting: list[OutgoingMail]) -> Iterator[None]:
    before = len(waiting)
    try:
        yield
    except BaseException:
        del waiting[before:]
        raise
