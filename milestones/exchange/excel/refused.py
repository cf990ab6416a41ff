"""What is wrong with one cell, by which rule, and what should be done?"""

from __future__ import annotations

from typing import Any


class Rejected(Exception):
    """`message` % `params` is said in the reader's language; `code` names the rule."""

    def __init__(self, code: str, message: Any, **params: object) -> None:
        super().__init__(code)
        self.code, self.message, self.params = code, message, params

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)
