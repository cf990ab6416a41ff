"""Which milestones does an address of the ledger mean, in which order?"""

from __future__ import annotations

from .selecting import rows

__all__ = ["rows"]
