"""What does a backup file look like? A zip of members and a manifest that knows each one's size and checksum.

The manifest is written last and a zip's table of contents stands at its end: a file that was cut off is none.
"""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Protocol

from milestones.errors import DomainError

FORMAT, READABLE = 2, (1, 2)  # format 1 had no files of evidence
MANIFEST = "manifest.json"
CHUNK = 1 << 20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What a zip with bits turned over makes its reader say: a flipped flag claims encryption (RuntimeError) or an unknown
# method, an offset points outside, a deflated stream or a name does not decode.
UNREADABLE = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error, zlib.error)


class Damaged(DomainError):
    """The file is no backup, was cut off, or is not as it was written."""

    code = "damaged"


@dataclass(frozen=True)
class Member:
    """`columns` and `rows` are those of a table; a whole database and a file of evidence have none."""

    name: str
    size: int
    sha256: str
    table: str = ""
    columns: list[str] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class Manifest:
    """`migrations` are the applied ones as [app, name]; `rows` counts every table of the data."""

    made_at: str
    vendor: str
    migrations: list[list[str]]
    rows: dict[str, int]
    members: list[Member]
    format: int = FORMAT


class Out(Protocol):
    def write(self, data: Any, /) -> object: ...


class Summing:
    """Passes bytes on, and knows how many they were and their checksum."""

    def __init__(self, out: Out | None = None) -> None:
        self._out, self._sum, self.size = out, sha256(), 0

    def write(self, data: Any, /) -> None:
        self._sum.update(data)
        self.size += len(data)
        if self._out is not None:
            self._out.write(data)

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


@contextmanager
def writing(archive: zipfile.ZipFile, name: str, *, compressed: bool = True) -> Iterator[Summing]:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with archive.open(info, "w", force_zip64=True) as out:
        yield Summing(out)


def close(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive and its manifest, every member verified against it. Raises Damaged; OSError without a file."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            _check_methods(archive)
            manifest = _manifest(archive)
            _verify(archive, manifest)
        except UNREADABLE as error:
            raise Damaged(f"{file} is no complete backup: {error}") from error
        yield archive, manifest


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as source:
        yield from pieces(source)


def pieces(source: IO[bytes]) -> Iterator[bytes]:
    while data := source.read(CHUNK):
        yield data


def _check_methods(archive: zipfile.ZipFile) -> None:
    """Another method than ours is a bit turned over, and its reader has errors of its own."""
    if strange := [info.filename for info in archive.infolist() if info.compress_type not in METHODS]:
        raise Damaged(f"Members of the backup are packed in a way that is not ours: {strange}")


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        found = json.loads(archive.read(MANIFEST))
        if found["format"] not in READABLE:
            raise Damaged(f"The backup has the format {found['format']}; this version reads {READABLE[-1]} and before.")
        return Manifest(**{**found, "members": [Member(**member) for member in found["members"]]})
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"The backup's manifest cannot be read: {error!r}") from error


def _verify(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    promised = {member.name for member in manifest.members} | {MANIFEST}
    if promised != set(archive.namelist()):
        raise Damaged(f"The backup lacks or has too many members: {sorted(promised ^ set(archive.namelist()))}")
    for member in manifest.members:
        found = Summing()
        for data in chunks(archive, member.name):
            found.write(data)
        if (found.size, found.sha256) != (member.size, member.sha256):
            raise Damaged(f"{member.name} is not as it was written: its checksum differs.")
