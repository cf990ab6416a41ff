"""Which files are taken as evidence, what becomes of them, and why are others refused?"""

from __future__ import annotations

import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from PIL import Image

from milestones.evidence import store
from milestones.evidence.kinds import OPEN_DOCUMENT, OPEN_XML
from milestones.evidence.receiving import MOST_BYTES, FileRefused
from milestones.marking import Classified
from milestones.models import ChangeEntry, Evidence, GuardRefusal
from tests.cast import Cast
from tests.evidence import files
from tests.evidence.conftest import Attach

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("what is in a file is read without a database")]
Make = Callable[[], bytes]

TAKEN: dict[str, tuple[str, Make, str]] = {
    "a photo": ("现场.jpg", files.photo, "image/jpeg"),
    "a photo of an iPhone": ("IMG_0001.HEIC", lambda: files.photo("HEIF"), "image/heic"),
    "a picture": ("a.png", lambda: files.photo("PNG"), "image/png"),
    "a picture of the web": ("a.webp", lambda: files.photo("WEBP"), "image/webp"),
    "a moving picture": ("a.gif", lambda: files.photo("GIF"), "image/gif"),
    "a scan": ("a.tif", lambda: files.photo("TIFF"), "image/tiff"),
    "a PDF": ("批复.pdf", lambda: files.pdf("同意"), "application/pdf"),
    "a Word file": ("a.docx", lambda: files.docx("好"), f"{OPEN_XML}.wordprocessingml.document"),
    "a table": ("a.xlsx", lambda: files.xlsx("好"), f"{OPEN_XML}.spreadsheetml.sheet"),
    "slides": ("a.pptx", lambda: files.pptx("好"), f"{OPEN_XML}.presentationml.presentation"),
    "an OpenDocument": ("a.odt", lambda: files.odt("好"), f"{OPEN_DOCUMENT}.text"),
    "an issued document": ("a.ofd", lambda: files.ofd("好"), "application/ofd"),
    "an old Word file": ("a.doc", lambda: files.compound("WordDocument"), "application/msword"),
    "a file of WPS": ("a.wps", lambda: files.compound("WordDocument"), "application/msword"),
    "an old table": ("a.xls", lambda: files.compound("Workbook"), "application/vnd.ms-excel"),
    "a name without an ending": ("批复", lambda: files.pdf("同意"), "application/pdf"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_taken(attach: Attach, what: str) -> None:
    name, make, media_type = TAKEN[what]
    content = make()
    found = attach(content, name, title="封顶")
    assert (found.media_type, found.size) == (media_type, len(content))
    assert found.sha256 == sha256(content).hexdigest()
    assert store.path(found.sha256).read_bytes() == content
    assert found.has_preview == media_type.startswith("image/") == store.preview(found.sha256).exists()
    assert (found.title, found.state, found.added_by) == ("封顶", "pending", found.milestone.accountable)
    assert found.file_name == (name if "." in name else "批复.pdf")


REFUSED: dict[str, tuple[str, Make, str]] = {
    "nothing": ("a.pdf", lambda: b"", "empty"),
    "a byte too many": ("a.jpg", lambda: b"\xff\xd8\xff".ljust(MOST_BYTES + 1, b"\0"), "too_large"),
    "a picture that calls itself a PDF": ("a.pdf", lambda: files.photo("GIF"), "wrong_name"),
    "a PDF that calls itself a program": ("批复.pdf.exe", lambda: files.pdf("同意"), "wrong_name"),
    "a Word file that calls itself a table": ("a.xlsx", lambda: files.docx("好"), "wrong_name"),
    "a program": ("a.pdf", lambda: b"MZ" + b"\0" * 4000, "file_type"),
    "a page with scripts": ("a.pdf", lambda: b"<!doctype html><script>alert(1)</script>", "file_type"),
    "a drawing with scripts": ("a.png", lambda: b'<svg xmlns="x"><script/></svg>', "file_type"),
    "a script": ("a.txt", lambda: b"#!/bin/sh\nrm -rf /\n", "file_type"),
    "a plain text": ("a.txt", "只是文字".encode, "file_type"),
    "a table as text": ("a.csv", lambda: b"a,b\n1,2\n", "file_type"),
    "rich text": ("a.doc", lambda: rb"{\rtf1 x}", "file_type"),
    "an archive": ("a.zip", lambda: files.package({"a.txt": "x"}), "archive"),
    "an archive that calls itself a Word file": ("a.docx", lambda: files.package({"a.exe": "MZ"}), "archive"),
    "an installer": ("a.doc", lambda: files.compound("SummaryInformation"), "file_type"),
    "a Word file with macros": (
        "a.docm", lambda: files.docx("好", main="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    "macros under an innocent type": ("a.docx", lambda: files.docx("好", more={"word/vbaProject.bin": b"x"}), "macros"),
    "an old Word file with macros": ("a.doc", lambda: files.compound("WordDocument", "_VBA_PROJECT"), "macros"),
    "an OpenDocument with macros": ("a.odt", lambda: files.odt("好", more={"Basic/Standard/a.xml": "<a/>"}), "macros"),
    "a locked Word file": ("a.docx", lambda: files.compound("EncryptedPackage"), "protected"),
    "a locked PDF": ("a.pdf", files.locked_pdf, "protected"),
    "half a photo": ("a.jpg", lambda: files.photo()[:9000], "broken"),
    "half a PDF": ("a.pdf", lambda: files.pdf("同意")[:300], "broken"),
    "half a Word file": ("a.docx", lambda: files.docx("好")[:300], "broken"),
    "entities that multiply": (
        "a.docx", lambda: files.docx("好", more={"word/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "broken"),
    "a photo with an archive behind it": ("a.jpg", lambda: files.photo() + files.package({"a.exe": "MZ"}), "double"),
    "a PDF with a Word file behind it": ("a.pdf", lambda: files.pdf("同意") + files.docx("好"), "double"),
    "a bomb of zeros": ("a.docx", files.zip_bomb, "too_much"),
    "a bomb of pixels": ("a.png", files.bomb_of_pixels, "too_much"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_words_and_nothing_stays(attach: Attach, what: str) -> None:
    name, make, code = REFUSED[what]
    before = everything()
    with pytest.raises(FileRefused) as refusal:
        attach(make(), name)
    assert (refusal.value.code, refusal.value.field) == (code, "file")
    with translation.override("en"):
        assert len(str(refusal.value)) > 20
    assert everything() == before
    assert not Evidence.objects.exists()


MARKED: dict[str, tuple[str, Make]] = {
    "in a Word file, in two runs": ("a.docx", lambda: files.docx("关于某事", "机|密★|10年")),
    "in the header of a Word file": (
        "a.docx", lambda: files.docx("好", more={"word/header1.xml": "<h xmlns:w='x'><w:p>秘密★1年</w:p></h>"})),
    "in the title of a Word file": (
        "a.docx", lambda: files.docx("好", more={"docProps/core.xml": "<c><title>绝密★长期</title></c>"})),
    "alone in a cell": ("a.xlsx", lambda: files.xlsx("项目", "机密")),
    "on a slide": ("a.pptx", lambda: files.pptx("密级：秘密")),
    "in an OpenDocument": ("a.odt", lambda: files.odt("机密★5年")),
    "in an issued document": ("a.ofd", lambda: files.ofd("秘密★")),
    "in an old Word file": ("a.doc", lambda: files.compound("WordDocument", text="机密★10年")),
    "alone on a line of an old Word file": ("a.doc", lambda: files.compound("WordDocument", text="某事\r【机密】\r")),
    "in a PDF": ("a.pdf", lambda: files.pdf("机密★10年")),
}  # fmt: skip


@pytest.mark.parametrize("where", MARKED)
def test_a_marking_is_refused_and_only_a_hash_stays(attach: Attach, running: Cast, where: str) -> None:
    name, make = MARKED[where]
    content, before = make(), everything()
    with pytest.raises(Classified) as refusal:
        attach(content, name)
    assert refusal.value.field == "file"
    row = GuardRefusal.objects.get()
    assert (row.entity, row.field, row.sha256) == ("evidence", "file", sha256(content).hexdigest())
    assert (row.actor_id, row.actor_label) == (running.owner.pk, "金贸处 owner")
    assert everything() == before
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("given", [{"title": "机密★10年"}, {"name": "机密★10年.pdf"}])
def test_a_marking_in_title_or_name_is_refused_before_the_file_is_read(attach: Attach, given: dict[str, str]) -> None:
    before = everything()
    with pytest.raises(Classified):
        attach(files.pdf("同意"), given.get("name", "a.pdf"), title=given.get("title", ""))
    assert GuardRefusal.objects.get().field in ("title", "file_name")
    assert everything() == before


def test_the_words_inside_a_sentence_are_no_marking(attach: Attach) -> None:
    attach(files.docx("不得泄露商业秘密，机密文件另行处理。"), "a.docx")
    attach(files.compound("WordDocument", text="不得泄露商业秘密和国家机密。"), "a.doc")
    assert not GuardRefusal.objects.exists()


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("HEIF", "a.heic"), ("WEBP", "a.webp")])
def test_a_preview_is_small_upright_and_says_nothing_of_the_camera(attach: Attach, kind: str, name: str) -> None:
    found = attach(files.photo(kind), name)
    content = store.preview(found.sha256).read_bytes()
    assert b"TELEPHONE" not in content
    assert b"Exif" not in content
    with Image.open(store.preview(found.sha256)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (800, 1600), {})
        red, _green, blue = image.convert("RGB").getpixel((400, 100))  # type: ignore[misc]  # of an RGB picture
        assert red > 200 > blue, "the left side is not on top"


def test_what_can_be_seen_through_is_white(attach: Attach) -> None:
    found = attach(files.see_through(), "a.png")
    with Image.open(store.preview(found.sha256)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_twenty_megabytes_are_taken(attach: Attach) -> None:
    assert attach(files.photo().ljust(MOST_BYTES, b"\0"), "a.jpg").size == MOST_BYTES


def test_files_lie_private_under_their_checksum(attach: Attach) -> None:
    found = attach(files.photo(), "a.jpg")
    path = store.path(found.sha256)
    assert path == Path(settings.EVIDENCE_DIR) / found.sha256[:2] / found.sha256[2:]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert Path(settings.STATIC_ROOT) not in path.parents


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("C:\\用户\\批复.pdf", "批复.pdf"),
        ("../../etc/批复.pdf", "批复.pdf"),
        ("批\u202efdp.复.pdf", "批fdp.复.pdf"),
        ("批 \r\n 复.pdf", "批 复.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("", "file.pdf"),
    ],
)
def test_names_are_cleaned(attach: Attach, typed: str, kept: str) -> None:
    found = attach(files.pdf("同意"), typed)
    assert (found.file_name, found.title) == (kept, kept)


def test_one_entry_says_what_was_attached(attach: Attach, running: Cast) -> None:
    found = attach(files.photo(), "a.jpg", title="封顶")
    (entry,) = ChangeEntry.objects.of(found)
    assert (entry.verb, entry.actor_id, entry.plan_id) == ("evidence.attach", running.owner.pk, running.plan.pk)
    assert entry.changes["sha256"] == [None, found.sha256]


def everything() -> set[Path]:
    """All files of the store, those that are just being received too."""
    return {path for path in Path(settings.EVIDENCE_DIR).rglob("*") if path.is_file() and path.name != ".lock"}
