"""Is it an office file of today, that is a zip of XML, and which text is in it?"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from milestones.evidence import kinds
from milestones.evidence.kinds import Kind

from . import markup
from .unfit import Unfit, Why

MOST_MEMBERS = 5_000
MOST_BYTES = 200_000_000  # unpacked
UNREADABLE = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, zlib.error)
CONTENT_TYPES, MIMETYPE, OFD_ROOT, MANIFEST = "[Content_Types].xml", "mimetype", "OFD.xml", "META-INF/manifest.xml"
MAIN_PARTS = {
    f"{kinds.OPEN_XML}.wordprocessingml.document.main+xml": kinds.DOCX,
    f"{kinds.OPEN_XML}.spreadsheetml.sheet.main+xml": kinds.XLSX,
    f"{kinds.OPEN_XML}.presentationml.presentation.main+xml": kinds.PPTX,
}
OPEN_DOCUMENTS = {kind.media_type: kind for kind in (kinds.ODT, kinds.ODS, kinds.ODP)}
MACRO_FOLDERS = ("basic/", "scripts/")  # of an OpenDocument


def kind_of(file: Path) -> Kind:
    """Raises Unfit, also when a member is not as its checksum says."""
    try:
        with zipfile.ZipFile(file) as package:
            _check_size(package.infolist())
            kind = _kind(package)
            if package.testzip() is not None:  # in pieces: a member's true size is never more than the declared one
                raise Unfit(Why.BROKEN)
            return kind
    except UNREADABLE as error:
        raise Unfit(Why.BROKEN) from error


def lines(file: Path) -> Iterator[str]:
    """All text, a paragraph or a cell a line, with headers, footers, notes and the file's own title."""
    try:
        with zipfile.ZipFile(file) as package:
            for name in package.namelist():
                if name.lower().endswith(".xml"):
                    with package.open(name) as part:
                        yield from markup.lines(part)
    except UNREADABLE as error:
        raise Unfit(Why.BROKEN) from error


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
        raise Unfit(Why.TOO_MUCH)
    if any(member.flag_bits & 0x1 for member in members):
        raise Unfit(Why.PROTECTED)


def _kind(package: zipfile.ZipFile) -> Kind:
    names = {name.lower() for name in package.namelist()}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Unfit(Why.MACROS)
    if CONTENT_TYPES.lower() in names:
        return _open_xml(package)
    if MIMETYPE in names:
        return _open_document(package, names)
    if OFD_ROOT.lower() in names:
        return kinds.OFD
    raise Unfit(Why.ARCHIVE)


def _open_xml(package: zipfile.ZipFile) -> Kind:
    with package.open(CONTENT_TYPES) as part:
        types = markup.values(part, "ContentType")
    if any("macroenabled" in one.lower() for one in types):
        raise Unfit(Why.MACROS)
    found = [MAIN_PARTS[one] for one in types if one in MAIN_PARTS]
    if len(found) != 1:
        raise Unfit(Why.KIND)
    return found[0]


def _open_document(package: zipfile.ZipFile, names: set[str]) -> Kind:
    with package.open(MIMETYPE) as part:
        kind = OPEN_DOCUMENTS.get(part.read(100).decode("ascii", "replace").strip())
    if kind is None:
        raise Unfit(Why.KIND)
    if any(name.startswith(MACRO_FOLDERS) for name in names):
        raise Unfit(Why.MACROS)
    if MANIFEST.lower() in names:
        with package.open(MANIFEST) as part:
            if "encryption-data" in markup.elements(part):
                raise Unfit(Why.PROTECTED)
    return kind
