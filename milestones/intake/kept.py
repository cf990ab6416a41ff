"""How is a proposal kept between the visits of the office, with what was decided on it?"""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from milestones.intake.rules.proposals import Proposal
from milestones.workdays.periods import FuzzyDate

OPEN, ACCEPTED, REJECTED = "", "accepted", "rejected"


def kept(proposal: Proposal, decision: str = OPEN, made: str = "") -> dict[str, Any]:
    """As JSON: numbers and dates as texts, which lose nothing."""
    row = asdict(proposal) | {"decision": decision, "made": made}
    row["due"] = str(proposal.due) if proposal.due else None
    return row | {name: None if row[name] is None else f"{row[name]:f}" for name in ("value", "value_max")}


def proposal(row: dict[str, Any]) -> Proposal:
    values = {name: value for name, value in row.items() if name not in ("decision", "made")}
    numbers = {name: None if row[name] is None else Decimal(row[name]) for name in ("value", "value_max")}
    spans = {name: (row[name][0], row[name][1]) for name in ("span", "sentence_span")}
    due = FuzzyDate.parse(row["due"]) if row["due"] else None
    return Proposal(**(values | numbers | spans | {"due": due, "supporting": tuple(row["supporting"])}))
