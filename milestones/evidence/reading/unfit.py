"""Why is a file no evidence?"""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    KIND = "file_type"
    ARCHIVE = "archive"
    MACROS = "macros"
    PROTECTED = "protected"
    BROKEN = "broken"
    DOUBLE = "double"  # two kinds of file in one
    TOO_MUCH = "too_much"  # it unpacks into more than is ever read


class Unfit(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
