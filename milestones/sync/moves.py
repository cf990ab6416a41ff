"""By which verbs does a milestone or a plan get from one state to another?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

Data = Mapping[str, Any]
PRESENTED = ("submitted", "completed")  # states in which what was presented counts
BACK = {"submitted": "return", "completed": "reopen", "cancelled": "reopen"}
AFTER_A_STEP_BACK = frozenset(BACK.values())
MILESTONE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("planned", "in_progress"): ("start",),
    ("planned", "submitted"): ("submit",),
    ("planned", "completed"): ("submit", "verify"),
    ("planned", "cancelled"): ("cancel",),
    ("in_progress", "in_progress"): (),
    ("in_progress", "submitted"): ("submit",),
    ("in_progress", "completed"): ("submit", "verify"),
    ("in_progress", "cancelled"): ("cancel",),
    ("submitted", "completed"): ("verify",),
    ("submitted", "cancelled"): ("cancel",),
}
PLAN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("draft", "active"): ("activate",),
    ("draft", "closed"): ("activate", "close"),
    ("active", "closed"): ("close",),
}
LEADS_TO = {
    "start": "in_progress",
    "submit": "submitted",
    "verify": "completed",
    "return": "in_progress",
    "reopen": "in_progress",
    "cancel": "cancelled",
    "activate": "active",
    "close": "closed",
}


def way(entity: str, present: Data, source: Data, news: Collection[str]) -> list[str] | None:
    """The verbs in order by which the target (`present`) gets the `news` of the source; None when none lead there."""
    now, wanted = present["state"], source["state"] if "state" in news else present["state"]
    if entity == "plan":
        return list(PLAN.get((now, wanted), ())) if now == wanted or (now, wanted) in PLAN else None
    back = [BACK[now]] if now in BACK and _goes_back(present, source, wanted, news) else []
    if not back and now == wanted:
        return []
    found = MILESTONE.get(("in_progress" if back else now, wanted))
    return None if found is None else [*back, *found]


def _goes_back(present: Data, source: Data, wanted: str, news: Collection[str]) -> bool:
    """Dates move, and something else is presented, only after a step back."""
    now = present["state"]
    if "due" in news or ("forecast" in news and now != "submitted"):
        return True
    if "state" not in news or (now, wanted) == ("submitted", "cancelled"):
        return False
    presented = [[one[name] for name in ("actual", "statement")] for one in (present, source)]
    return (now, wanted) != ("submitted", "completed") or presented[0] != presented[1]


def body(verb: str, source: Data, page: str, reason: str, links: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """What the verb is told: `source` is the object as it is where it comes from, on `page`, where its files are too;
    `links` are its evidence elsewhere."""
    if verb == "submit":
        evidence = [{"url": page, "title": reason[:200]}, *links]
        return {"actual": source["actual"], "statement": source["statement"] or reason, "evidence": evidence}
    return {"reason": reason} if verb in (*AFTER_A_STEP_BACK, "cancel") else {}
