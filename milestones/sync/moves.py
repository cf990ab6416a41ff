"""By which verbs does a milestone or a plan get from one state to another?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Step = tuple[str, dict[str, Any]]
MILESTONE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("planned", "in_progress"): ("start",),
    ("planned", "submitted"): ("submit",),
    ("planned", "completed"): ("submit", "verify"),
    ("planned", "cancelled"): ("cancel",),
    ("in_progress", "submitted"): ("submit",),
    ("in_progress", "completed"): ("submit", "verify"),
    ("in_progress", "cancelled"): ("cancel",),
    ("submitted", "in_progress"): ("return",),
    ("submitted", "completed"): ("verify",),
    ("submitted", "cancelled"): ("cancel",),
    ("completed", "in_progress"): ("reopen",),
    ("completed", "submitted"): ("reopen", "submit"),
    ("completed", "cancelled"): ("reopen", "cancel"),
    ("cancelled", "in_progress"): ("reopen",),
    ("cancelled", "submitted"): ("reopen", "submit"),
    ("cancelled", "completed"): ("reopen", "submit", "verify"),
}
PLAN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("draft", "active"): ("activate",),
    ("draft", "closed"): ("activate", "close"),
    ("active", "closed"): ("close",),
}


def steps(entity: str, now: str, wanted: str, source: Mapping[str, Any], page: str, reason: str) -> Iterator[Step]:
    """The verbs with their bodies, in order; none when the two agree. Raises LookupError when no verb leads there."""
    if now == wanted:
        return
    for verb in (PLAN if entity == "plan" else MILESTONE)[now, wanted]:
        if verb == "submit":
            evidence = [{"url": page, "title": reason}]
            yield verb, {"actual": source["actual"], "statement": source["statement"], "evidence": evidence}
        else:
            yield verb, {"reason": reason} if verb in ("return", "reopen", "cancel") else {}
