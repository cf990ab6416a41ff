"""What keeps an upload from filling the disk before anybody looks at it?"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

from .receiving import MOST_BYTES


class UpToTheLimit(FileUploadHandler):
    """Stands before Django's own handlers and hands on a little more than the limit of each file, then nothing.

    The rest is read from the browser, which so gets its answer, and dropped. `receive` refuses the file by its size.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.handed_on = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.handed_on > MOST_BYTES:
            return None
        self.handed_on += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Whoever stands behind made the file."""
