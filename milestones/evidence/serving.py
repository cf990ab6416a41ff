"""How does a file leave the store, once it is known that its reader may have it?"""

from __future__ import annotations

from pathlib import Path

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from milestones.models import Evidence

from . import store

log = structlog.get_logger(__name__)
# A file is somebody else's text: the browser saves it, asks again each time whether it may, and runs nothing of it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


def file(request: HttpRequest, piece: Evidence) -> HttpResponseBase:
    path, name = store.path(piece.sha256), piece.file_name
    return _sent(request, piece, path, media_type=piece.media_type, name=name, attached=True)


def preview(request: HttpRequest, piece: Evidence) -> HttpResponseBase:
    path = store.preview(piece.sha256)
    return _sent(request, piece, path, media_type="image/jpeg", name="preview.jpg", attached=False)


def _sent(
    request: HttpRequest, piece: Evidence, path: Path, *, media_type: str, name: str, attached: bool
) -> HttpResponseBase:
    headers = {**HEADERS, "ETag": f'"{piece.sha256}"'}
    empty = HttpResponse(headers=headers)
    answer = get_conditional_response(request, etag=headers["ETag"], response=empty)
    if answer is not None and answer is not empty:
        return answer
    try:
        source = path.open("rb")
    except FileNotFoundError:
        log.error("evidence_file_missing", evidence=str(piece.pk), sha256=piece.sha256)
        raise Http404 from None
    return FileResponse(source, as_attachment=attached, filename=name, content_type=media_type, headers=headers)
