"""Which kinds of files may be evidence?

Text, CSV, RTF, HTML and SVG are not among them: nothing in their bytes says what they are, or they can run scripts.
"""

from __future__ import annotations

from dataclasses import dataclass

OPEN_XML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Kind:
    """`extensions` are those that a name may end with; the first is given to a name that has none."""

    media_type: str
    extensions: tuple[str, ...]

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


JPEG = Kind("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
PNG = Kind("image/png", (".png",))
GIF = Kind("image/gif", (".gif",))
WEBP = Kind("image/webp", (".webp",))
TIFF = Kind("image/tiff", (".tif", ".tiff"))
HEIC = Kind("image/heic", (".heic", ".heif", ".hif"))
PDF = Kind("application/pdf", (".pdf",))
DOCX = Kind(f"{OPEN_XML}.wordprocessingml.document", (".docx",))
XLSX = Kind(f"{OPEN_XML}.spreadsheetml.sheet", (".xlsx",))
PPTX = Kind(f"{OPEN_XML}.presentationml.presentation", (".pptx",))
DOC = Kind("application/msword", (".doc", ".wps"))  # WPS writes Microsoft's old formats under names of its own
XLS = Kind("application/vnd.ms-excel", (".xls", ".et"))
PPT = Kind("application/vnd.ms-powerpoint", (".ppt", ".dps"))
ODT = Kind(f"{OPEN_DOCUMENT}.text", (".odt",))
ODS = Kind(f"{OPEN_DOCUMENT}.spreadsheet", (".ods",))
ODP = Kind(f"{OPEN_DOCUMENT}.presentation", (".odp",))
OFD = Kind("application/ofd", (".ofd",))  # 版式文档 of GB/T 33190: how authorities publish what they issue

ALL = (JPEG, PNG, GIF, WEBP, TIFF, HEIC, PDF, DOCX, XLSX, PPTX, DOC, XLS, PPT, ODT, ODS, ODP, OFD)
BY_MEDIA_TYPE = {kind.media_type: kind for kind in ALL}
EXTENSIONS = tuple(extension for kind in ALL for extension in kind.extensions)
