"""What does a milestone do, told as plainly as one can? The model that the real verbs are held against.

No database, no versions, no locks: a state, an owner, a due date, at most one open request for more time, notices.
`Outcome` says what the second of two people sees who both looked before either of them acted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Outcome = Literal["done", "nothing", "refused", "conflict"]

OPEN = ("planned", "in_progress", "submitted")
WORKED_AT = ("planned", "in_progress")
NOTHING_ASKED: Any = {"asked": None, "asked_when_due": 0, "asked_by": ""}


@dataclass(frozen=True)
class World:
    """`due` and `asked` are months of the next year; `notices` are the states of all that were issued, by number."""

    state: str = "planned"
    owner: str = "owner"
    due: int = 0
    asked: int | None = None
    asked_when_due: int = 0
    asked_by: str = ""
    submitted_by: str = ""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Act:
    """A verb by somebody; `month` is what dates are moved to, `to` whom it is handed over to."""

    verb: str
    who: str
    month: int = 0
    to: str = "owner"


@dataclass(frozen=True)
class Step:
    """What an act does to the world it was decided in, and which rows it writes. None: it is refused."""

    world: World
    writes: frozenset[str] = field(default_factory=frozenset)
    needs: frozenset[str] = field(default_factory=frozenset)


def _milestone(world: World) -> Step:
    return Step(world, frozenset({"milestone"}))


def start(w: World, act: Act) -> Step | None:
    return _milestone(replace(w, state="in_progress")) if w.state == "planned" else None


def submit(w: World, act: Act) -> Step | None:
    return _milestone(replace(w, state="submitted", submitted_by=act.who)) if w.state in WORKED_AT else None


def verify(w: World, act: Act) -> Step | None:
    if w.state != "submitted" or w.submitted_by == act.who:
        return None
    return _closing(replace(w, state="completed"))


def return_(w: World, act: Act) -> Step | None:
    return _milestone(replace(w, state="in_progress", submitted_by="")) if w.state == "submitted" else None


def reopen(w: World, act: Act) -> Step | None:
    if w.state not in ("completed", "cancelled"):
        return None
    return _milestone(replace(w, state="in_progress", submitted_by=""))


def cancel(w: World, act: Act) -> Step | None:
    return _closing(replace(w, state="cancelled")) if w.state in OPEN else None


def _closing(w: World) -> Step:
    """What was asked for ends with the milestone."""
    ends = {"request"} if w.asked is not None else set()
    return Step(replace(w, **NOTHING_ASKED), frozenset({"milestone"} | ends))


def reschedule(w: World, act: Act) -> Step | None:
    if w.state not in WORKED_AT:
        return None if act.month != w.due else Step(w)
    return _milestone(replace(w, due=act.month)) if act.month != w.due else Step(w)


def hand_over(w: World, act: Act) -> Step | None:
    return _milestone(replace(w, owner=act.to)) if act.to != w.owner else Step(w)


def request(w: World, act: Act) -> Step | None:
    if w.state not in WORKED_AT or w.asked is not None or act.month <= w.due:
        return None
    asked = replace(w, asked=act.month, asked_when_due=w.due, asked_by=act.who)
    return Step(asked, frozenset({"request"}), frozenset({"milestone"}))


def approve(w: World, act: Act) -> Step | None:
    """Not by whoever asked, and only while the date is the one that was to be extended."""
    if w.asked is None or w.asked_by == act.who or w.state not in WORKED_AT or w.due != w.asked_when_due:
        return None
    moved = replace(w, due=w.asked, **NOTHING_ASKED)
    return Step(moved, frozenset({"milestone", "request"}), frozenset({"milestone"}))


def decline(w: World, act: Act) -> Step | None:
    return _answered(w) if w.asked_by != act.who else None


def withdraw(w: World, act: Act) -> Step | None:
    return _answered(w)


def _answered(w: World) -> Step | None:
    return Step(replace(w, **NOTHING_ASKED), frozenset({"request"})) if w.asked is not None else None


def issue(w: World, act: Act) -> Step | None:
    """One open notice of a level; all of these are of one level."""
    if w.state not in OPEN or "issued" in w.notices or "signed" in w.notices:
        return None
    return Step(replace(w, notices=(*w.notices, "issued")), frozenset({"notice"}), frozenset({"milestone"}))


def sign(w: World, act: Act) -> Step | None:
    return _last(w, "signed") if w.notices[-1:] == ("issued",) else None


def reply(w: World, act: Act) -> Step | None:
    return _last(w, "replied") if w.notices[-1:] in (("issued",), ("signed",)) else None


def cancel_notice(w: World, act: Act) -> Step | None:
    return _last(w, "cancelled") if w.notices[-1:] in (("issued",), ("signed",)) else None


def _last(w: World, state: str) -> Step:
    return Step(replace(w, notices=(*w.notices[:-1], state)), frozenset({"notice"}))


RULES: dict[str, Callable[[World, Act], Step | None]] = {
    "start": start,
    "submit": submit,
    "verify": verify,
    "return": return_,
    "reopen": reopen,
    "cancel": cancel,
    "reschedule": reschedule,
    "hand_over": hand_over,
    "request": request,
    "approve": approve,
    "decline": decline,
    "withdraw": withdraw,
    "issue": issue,
    "sign": sign,
    "reply": reply,
    "cancel_notice": cancel_notice,
}


def alone(world: World, act: Act) -> tuple[World, Outcome, frozenset[str]]:
    """What happens when nobody else acts; the rows that are written."""
    step = RULES[act.verb](world, act)
    if step is None:
        return world, "refused", frozenset()
    return step.world, "done" if step.writes else "nothing", step.writes


def two(world: World, first: Act, second: Act) -> tuple[World, Outcome, Outcome, list[frozenset[str]]]:
    """`second` looked before `first` was stored, and acts after: it wins only where the two touch different rows."""
    after, early, wrote = alone(world, first)
    step = RULES[second.verb](world, second)
    if step is None:
        return after, early, "refused", [wrote]
    if not step.writes:
        return after, early, "nothing", [wrote]
    if {first.verb, second.verb} == {"issue"} and wrote:
        return after, early, "refused", [wrote]  # both of one level: the rule is asked again under the lock
    if wrote & (step.writes | step.needs):
        return after, early, "conflict", [wrote]
    both = RULES[second.verb](after, second)
    assert both is not None, "acts on different rows do not stand in each other's way"
    return both.world, early, "done", [wrote, step.writes]
