"""Is it a picture, does it decode, and what does its preview look like?"""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from milestones.evidence import kinds
from milestones.evidence.kinds import Kind

from .unfit import Unfit, Why

FORMATS = {
    "JPEG": kinds.JPEG,
    "PNG": kinds.PNG,
    "GIF": kinds.GIF,
    "WEBP": kinds.WEBP,
    "TIFF": kinds.TIFF,
    "HEIF": kinds.HEIC,
}
MORE_PICTURES = {"MPO": kinds.JPEG}  # a JPEG with others behind it, as some telephones write; opened as a JPEG
EDGE = 1600  # the longest side of a preview, in pixels
# The largest telephones write JPEG of 200 megapixels, which is decoded at an eighth of the size; all else is decoded
# in full: HEIC of 48 megapixels, an A3 page at 300 dots an inch has 17.
MOST_PIXELS = 50_000_000
MOST_PIXELS_OF_JPEG = 210_000_000
# What decoders say about bytes that are no picture after all.
UNDECODABLE = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, RuntimeError, struct.error)


def read(file: Path, preview: Path) -> Kind:
    """Its kind; `preview` is then a JPEG of it, turned upright, without what the camera wrote. Raises Unfit."""
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS_OF_JPEG
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    warnings.simplefilter("ignore", UserWarning)  # of metadata that cannot be read: none of it is kept
    try:
        with Image.open(file, formats=[*FORMATS]) as image:
            kind = (FORMATS | MORE_PICTURES)[str(image.format)]
            _check_size(image, kind)
            _upright(image).save(preview, "JPEG", quality=82, optimize=True)
    except UnidentifiedImageError as error:
        raise Unfit(Why.KIND) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise Unfit(Why.TOO_MUCH) from error
    except UNDECODABLE as error:
        raise Unfit(Why.BROKEN) from error
    return kind


def _check_size(image: Image.Image, kind: Kind) -> None:
    if kind is not kinds.JPEG and image.width * image.height > MOST_PIXELS:
        raise Unfit(Why.TOO_MUCH)


def _upright(image: Image.Image) -> Image.Image:
    """Small, turned as the camera was held, on white, and a new picture: nothing of the old one's data goes along."""
    image.draft("RGB", (EDGE, EDGE))  # JPEG decodes at a fraction of its size
    image.load()
    image.thumbnail((EDGE, EDGE), reducing_gap=2)
    turned = ImageOps.exif_transpose(image)
    clean = Image.new("RGB", turned.size, "white")
    if turned.has_transparency_data:
        layer = turned.convert("RGBA")
        clean.paste(layer, mask=layer)
    else:
        clean.paste(turned.convert("RGB"))
    return clean
