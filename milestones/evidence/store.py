"""Where do the bytes of evidence lie? Under their own checksum, outside whatever is served as static files.

A file is complete on the disk before a row speaks of it, and is never changed afterwards. What a verb brought and then
did not keep stays until `tidy` takes it: whoever brings the same bytes meanwhile finds them young again.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from milestones.models import Evidence

PREVIEW = ".jpg"
INCOMING = "incoming"
NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}(\.jpg)?")  # of every file in the store, from its folder
KEPT_WITHOUT_A_ROW = timedelta(days=1)


def path(sha256: str) -> Path:
    return _folder() / sha256[:2] / sha256[2:]


def preview(sha256: str) -> Path:
    """A JPEG; there is one where the row `has_preview`."""
    return path(sha256 + PREVIEW)


@contextmanager
def draft() -> Iterator[Path]:
    """The name of a file that is being received, in a private folder of its own, which goes with all that is in it."""
    incoming = _folder() / INCOMING
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=incoming) as folder:
        yield Path(folder) / "file"


def keep(draft: Path, target: Path) -> None:
    """`draft` becomes `target` at once and whole; in the place of a file of the same name stand the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft.chmod(0o600)
    _flush(draft)
    with _alone():
        draft.replace(target)
    _flush(target.parent)


def names() -> Iterator[str]:
    """Of all files in the store, as `ab/cdef…`."""
    for folder in sorted(_folder().glob("[0-9a-f][0-9a-f]")):
        for file in sorted(folder.iterdir()):
            if NAME.fullmatch(name := f"{folder.name}/{file.name}"):
                yield name


def named(name: str) -> Path:
    """The file of a name that `names` gave, here or elsewhere; ValueError for any other."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of the store.")
    return _folder() / name


def tidy(now: datetime) -> int:
    """Remove what belongs to no row and is older than a day; how many files that were."""
    removed = 0
    for folder in [*_folder().glob("[0-9a-f][0-9a-f]")]:
        old = [file for file in folder.iterdir() if _is_old(file, now)]
        for file in _without_a_row(old):
            with _alone():
                if _is_old(file, now):  # nobody brought the same bytes meanwhile
                    file.unlink()
                    removed += 1
    return removed


def remove(sums: Iterable[str]) -> None:
    """At once the files of these checksums that no row names any more."""
    files = [file for sha256 in sums for file in (path(sha256), preview(sha256)) if file.exists()]
    for file in _without_a_row(files):
        with _alone():
            file.unlink(missing_ok=True)


def _without_a_row(files: list[Path]) -> Iterable[Path]:
    sums = {file: (file.parent.name + file.name).removesuffix(PREVIEW) for file in files}
    known = set(Evidence.objects.filter(sha256__in=[*sums.values()]).values_list("sha256", flat=True))
    return [file for file, sha256 in sums.items() if sha256 not in known]


def _is_old(file: Path, now: datetime) -> bool:
    return file.stat().st_mtime < (now - KEPT_WITHOUT_A_ROW).timestamp()


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time puts a file in its place or takes one away."""
    handle = os.open(_folder() / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folder() -> Path:
    return Path(settings.EVIDENCE_DIR)
