"""What is a row of the feed?"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

# Of what no single change brought: the present state, and what came into view as a consequence. Whoever leaves out what
# it did itself must not leave out these.
NOBODY = '{"client":null,"via":"system"}'


class Row(NamedTuple):
    """`origin`, `changed_at` and `data` are JSON; without `data` the object is gone, or no more the reader's to see."""

    seq: int
    entity: str
    id: UUID
    version: int
    changed_at: str
    data: str | None
    origin: str = NOBODY

    def json(self) -> str:
        op = "delete" if self.data is None else "upsert"
        return (
            f'{{"seq":{self.seq},"entity":"{self.entity}","id":"{self.id}","op":"{op}","version":{self.version},'
            f'"origin":{self.origin},"changed_at":{self.changed_at},"data":{self.data or "null"}}}'
        )
