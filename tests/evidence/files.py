"""Real files, made when a test asks for them."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image

from milestones.evidence.kinds import OPEN_DOCUMENT, OPEN_XML

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


# --- Pictures ---------------------------------------------------------------------------------------------------------
def photo(kind: str = "JPEG", size: tuple[int, int] = (2400, 1200), **options: Any) -> bytes:
    """Wide, red on the left, as the sensor saw it; its data say: turn it, taken at this place by this telephone."""
    pillow_heif.register_heif_opener()
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    image.save(out, kind, **({"exif": camera_data()} if kind in ("JPEG", "HEIF", "WEBP") else {}), **options)
    return out.getvalue()


def camera_data() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "TELEPHONE"
    exif[0x0112] = 6  # the right side of the picture is its lower one: turn it a quarter to the right
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (30.0, 54.0, 1.5)
    return exif.tobytes()


def see_through() -> bytes:
    out = BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


def bomb_of_pixels() -> bytes:
    """A few kilobytes that say they are 900 megapixels."""
    out = BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


# --- Office files of today --------------------------------------------------------------------------------------------
def package(parts: dict[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def types(main: str) -> str:
    return f'<?xml version="1.0"?><Types xmlns="{TYPES}"><Override PartName="/main.xml" ContentType="{main}"/></Types>'


def docx(*paragraphs: str, main: str = "", more: dict[str, str | bytes] | None = None) -> bytes:
    """A paragraph is a text, or its runs between bars: 机|密★."""
    rows = "".join(
        "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in text.split("|")) + "</w:p>" for text in paragraphs
    )
    document = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>{rows}</w:body></w:document>'
    kind = main or f"{OPEN_XML}.wordprocessingml.document.main+xml"
    return package({"[Content_Types].xml": types(kind), "word/document.xml": document, **(more or {})})


def xlsx(*cells: str) -> bytes:
    strings = "".join(f"<si><t>{text}</t></si>" for text in cells)
    return package(
        {
            "[Content_Types].xml": types(f"{OPEN_XML}.spreadsheetml.sheet.main+xml"),
            "xl/workbook.xml": f'<workbook xmlns="{SHEET}"/>',
            "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{strings}</sst>',
        }
    )


def pptx(*lines: str) -> bytes:
    rows = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in lines)
    return package(
        {
            "[Content_Types].xml": types(f"{OPEN_XML}.presentationml.presentation.main+xml"),
            "ppt/slides/slide1.xml": f'<p xmlns:a="{DRAWING}">{rows}</p>',
        }
    )


def odt(*paragraphs: str, more: dict[str, str | bytes] | None = None) -> bytes:
    rows = "".join(f"<t:p>{text}</t:p>" for text in paragraphs)
    return package(
        {"mimetype": f"{OPEN_DOCUMENT}.text", "content.xml": f'<o xmlns:t="text">{rows}</o>', **(more or {})}
    )


def ofd(*lines: str) -> bytes:
    rows = "".join(f"<TextObject><TextCode>{text}</TextCode></TextObject>" for text in lines)
    return package({"OFD.xml": "<OFD/>", "Doc_0/Pages/Page_0/Content.xml": f"<Page>{rows}</Page>"})


def zip_bomb() -> bytes:
    """Half a megabyte of an office file that unpacks into half a gigabyte."""
    return docx("好", more={"word/media/image1.bin": b"\0" * (512 << 20)})


# --- Office files of before -------------------------------------------------------------------------------------------
def compound(*streams: str, text: str = "") -> bytes:
    """A container with these names in its directory, and a text as its streams hold it."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHH", 0x3E, 3, 0xFFFE) + b"\0" * 482
    directory = b"".join(_entry(name) for name in ("Root Entry", *streams))
    body = b"\x01\x00" + text.encode("utf-16-le") + b"\r\0"
    return (head + directory.ljust(1024, b"\0") + body).ljust(4096, b"\0")


def _entry(name: str) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    return (coded.ljust(64, b"\0") + struct.pack("<HB", len(coded), 2)).ljust(128, b"\0")


# --- PDF --------------------------------------------------------------------------------------------------------------
def pdf(text: str = "", *, more: str = "") -> bytes:
    """One page; its text is written in a font that says which character each code is."""
    coded = text.encode("utf-16-be").hex().upper()
    pairs = "".join(f"<{ord(c):04X}> <{ord(c):04X}>\n" for c in sorted(set(text)))
    stream = f"BT /F1 12 Tf 72 720 Td <{coded}> Tj ET"
    mapping = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange\n<0000> <FFFF>\n"
        f"endcodespacerange\n{len(set(text))} beginbfchar\n{pairs}endbfchar\nendcmap end end"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        (
            "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H"
            " /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>"
        ),
        (
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
        ),
        f"<< /Length {len(mapping)} >>\nstream\n{mapping}\nendstream",
    ]
    return _assembled(objects, more)


def _assembled(objects: list[str], more: str) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {more} >>\n"
    return out + tail.encode() + f"startxref\n{len(out)}\n%%EOF\n".encode()


def locked_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf("secret"))))
    writer.encrypt("a password", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
