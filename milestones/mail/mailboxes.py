"""How are the messages of an mbox file or a Maildir read one by one, and some of them removed?"""

from __future__ import annotations

import mailbox
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LARGEST = 2 * 1024 * 1024  # bytes of a message that are read: a report's own part stands in front of what it returns

Key = str | int


class Unusable(Exception):
    """It cannot be opened or locked; the message says why and what to do."""


@contextmanager
def opened(path: Path) -> Iterator[Mailbox]:
    """An mbox locked as mail servers do it (fcntl and a dot file), until it is closed; a Maildir needs no lock."""
    box = _box(path)
    try:
        box.lock()
    except mailbox.ExternalClashError as error:
        box.close()
        raise Unusable(f"{path} is in use by another program; try again in a minute") from error
    except OSError as error:
        box.close()
        raise Unusable(f"{path} cannot be locked: {error.strerror}") from error
    try:
        yield Mailbox(box)
    finally:
        box.unlock()
        box.close()


class Mailbox:
    def __init__(self, box: Any) -> None:
        self.box = box  # the keys of an mbox are numbers, those of a Maildir names

    def __iter__(self) -> Iterator[tuple[Key, bytes]]:
        """Each message's key and its first LARGEST bytes; one that somebody removed meanwhile is passed over."""
        for key in self.box.iterkeys():
            try:
                with self.box.get_file(key) as file:
                    content = file.read(LARGEST)
            except (KeyError, FileNotFoundError):
                continue
            yield key, content

    def remove(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self.box.discard(key)
        try:
            self.box.flush()
        except (mailbox.ExternalClashError, OSError) as error:
            raise Unusable(f"nothing was removed: {error}") from error


def _box(path: Path) -> mailbox.Mailbox[Any]:
    if path.is_dir():
        if not all((path / name).is_dir() for name in ("cur", "new", "tmp")):
            raise Unusable(f"{path} is a folder but no Maildir: it has no cur, new and tmp")
        return mailbox.Maildir(path, create=False)
    try:
        with path.open("rb") as file:
            start = file.read(5)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error
    if start not in (b"", b"From "):
        raise Unusable(f"{path} is no mbox: it does not begin with “From ”")
    return mailbox.mbox(path, create=False)
