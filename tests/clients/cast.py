"""Which other systems come in? `client(...)` makes one, and hands its token over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from milestones.clients import operations
from milestones.clients.operations import Issued
from tests.cast import NOW, SYSTEM


def client(
    name: str = "erp", *scopes: str, now: datetime = NOW, expires_at: datetime | None = None, **values: Any
) -> Issued:
    """A client with these scopes (default: read) and its first token."""
    columns = {"name": name, "scopes": scopes or ("read",), **values}
    return operations.create(columns, expires_at=expires_at, actor=SYSTEM, now=now)
