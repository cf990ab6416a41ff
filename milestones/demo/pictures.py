"""What does a file of the demonstration show? That it is one: no photo, no document.

The two characters are drawn from their dots, since not every machine has a Chinese font.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageDraw

SIDE = 24
SHOW = """000000 000400 080600 0e0700 06fffc 00800c 00800c 007ff0 300700 380200 0cfff8 00c718
      00c218 00c618 06fff8 06c218 04c218 0cfff8 0c10c0 1838e0 18f078 11c01c 000000 000000"""
SIGN = """000000 000000 000000 0ffff0 0ffff0 000000 000000 000000 000000 3ffffc 3ffffc 001800
      001800 0318c0 061860 061860 0c1830 0c1830 181818 301818 001808 01f800 00f000 000000"""
SCALE, MARGIN = 8, 40
INK, PAPER = (24, 64, 110), (244, 240, 230)
WORDS = "DEMONSTRATION - an example file, not a photo and not a document"


def as_png() -> bytes:
    out = BytesIO()
    _drawn().save(out, "PNG", optimize=True)
    return out.getvalue()


def as_pdf() -> bytes:
    out, long_ago = BytesIO(), time.gmtime(0)  # the same bytes each time
    _drawn().save(out, "PDF", creationDate=long_ago, modDate=long_ago)
    return out.getvalue()


def _drawn() -> Image.Image:
    side = SIDE * SCALE
    picture = Image.new("RGB", (2 * side + 3 * MARGIN, side + 3 * MARGIN), PAPER)
    canvas = ImageDraw.Draw(picture)
    for place, character in enumerate((SHOW, SIGN)):
        left = MARGIN + place * (side + MARGIN)
        for x, y in _dots(character):
            corner = (left + x * SCALE, MARGIN + y * SCALE)
            canvas.rectangle((*corner, corner[0] + SCALE - 1, corner[1] + SCALE - 1), fill=INK)
    canvas.text((MARGIN, side + 2 * MARGIN), WORDS, fill=INK)
    return picture


def _dots(character: str) -> Iterator[tuple[int, int]]:
    for y, row in enumerate(character.split()):
        for x in range(SIDE):
            if int(row, 16) >> (SIDE - 1 - x) & 1:
                yield x, y
