"""When may the garbage collector look for circles? Not while a hundred thousand small objects come and go."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def waiting() -> Iterator[None]:
    """Around a sweep or a run of deliveries, of which nothing stands in a circle (some sixty objects of ten thousand
    reminders do): looking for circles again and again, through all of the application's objects, would cost a fifth of
    the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
