"""Which kinds of long work are there, and what does each of them?"""

from __future__ import annotations

from milestones.bulk import work as bulk
from milestones.exchange.imports import work as exchange
from milestones.jobs.running import Work

KINDS: dict[str, Work] = {
    "import_look": exchange.look,
    "import_apply": exchange.apply,
    "import_undo": exchange.undo,
    "ledger_export": exchange.export_ledger,
    bulk.KIND: bulk.run,
}
