"""What may a ladder of steps say, and what is wrong with one that may not? Pure.

Every fault is told at once, each with the step's code, the field, the rule and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.changes import steps as entries
from milestones.errors import RuleBroken
from milestones.models import ASKING_ANCHORS, Anchor, Audience, Channel, DayUnit, Level, StepVersion
from milestones.models.reminders import usual_audience, usual_channels

FARTHEST = 400  # days from an anchor, and repeats
LONGEST_ANSWER = 60  # working days
LONGEST_CODE = 40
FROM_ONE = (Anchor.BEFORE_DUE, Anchor.AFTER_DUE, Anchor.PACE_CHECK)
REPEATING = (Anchor.AFTER_DUE, *ASKING_ANCHORS)
CHOICES: Mapping[str, Sequence[str]] = {
    "anchor": Anchor.values,
    "unit": DayUnit.values,
    "level": Level.values,
    "audience": Audience.values,
    "channels": Channel.values,
}


@dataclass(frozen=True)
class StepInput:
    """What a step says, in the words of `StepVersion`."""

    code: str
    anchor: str
    offset: int = 0
    unit: str = DayUnit.WORKING.value
    repeats: bool = False
    most: int | None = None
    stops_when_answered: bool = False
    audience: Sequence[str] = field(default_factory=usual_audience)
    level: str = ""
    respond_days: int | None = None
    channels: Sequence[str] = field(default_factory=usual_channels)
    digestible: bool = True

    @property
    def asks(self) -> bool:
        return self.anchor in ASKING_ANCHORS

    @property
    def speaks_to(self) -> frozenset[str]:
        """Those whom it reaches by themselves: who stands in does so for one of them."""
        return frozenset(self.audience) - {Audience.DEPUTY}


@dataclass(frozen=True)
class Fault:
    """`row` is the step's place in what was given, None when it is the whole ladder; `field` is a column of
    `StepVersion` or "code"."""

    row: int | None
    step: str
    field: str
    code: str
    rule: str

    def __str__(self) -> str:
        if self.row is None:
            return self.rule
        words = _("Step “%(step)s”, %(field)s: %(rule)s")
        return words % {"step": self.step or self.row + 1, "field": label(self.field), "rule": self.rule}


class BadLadder(RuleBroken):
    """All that is wrong with the steps, a line each."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, faults)), field="steps", code=faults[0].code)


def checked(steps: Sequence[StepInput]) -> list[StepInput]:
    """The steps as they are stored, by code; BadLadder when one of them makes no sense."""
    normal = [normalised(step) for step in steps]
    if found := list(faults(normal)):
        raise BadLadder(found)
    return sorted(normal, key=lambda step: step.code)


def normalised(step: StepInput) -> StepInput:
    """With one way to say the same: no days have no unit of their own, lists stand in the order of their choices, and
    what is a letter of its own anyway (a notice, a question) is in no digest or out of it."""
    return replace(
        step,
        code=step.code.strip(),
        unit=step.unit if step.offset or step.unit not in DayUnit.values else DayUnit.WORKING.value,
        audience=entries.in_order("audience", step.audience),
        channels=entries.in_order("channels", step.channels),
        digestible=step.digestible or step.asks or bool(step.level),
    )


def as_kept(step: StepInput) -> dict[str, Any]:
    """As entries hold it."""
    return entries.kept(step.code, said(step))


def said(step: StepInput) -> dict[str, Any]:
    """The columns of a version."""
    return {name: value for name, value in asdict(step).items() if name != "code"}


def of_version(version: StepVersion) -> StepInput:
    names = (*entries.TOLD, *entries.REST)
    return normalised(StepInput(code=version.step.code, **{name: getattr(version, name) for name in names}))


def label(name: str) -> str:
    """What the form calls the field."""
    own = {"code": _("code"), "offset": _("days")}
    return own.get(name) or str(StepVersion._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def faults(steps: Sequence[StepInput]) -> Iterator[Fault]:
    """In the order of the steps, then what is wrong between them."""
    if not steps:
        words = _(
            "A ladder without a step would remind nobody. Add a step, or let the next policy in line count instead."
        )
        yield Fault(None, "", "", "empty", words)
    for row, step in enumerate(steps):
        for name, code, rule in _of_step(step, steps[:row]):
            yield Fault(row, step.code, name, code, str(rule))
    for (_first, one), (second, other) in combinations(enumerate(steps), 2):
        if _says_the_same(one, other) and one.code != other.code:
            words = _("It says on the same days what “%(other)s” says to the same people. Remove one of the two.")
            yield Fault(second, other.code, "anchor", "twice", words % {"other": one.code})


def silence(steps: Sequence[StepInput]) -> bool:
    """Whether nobody would be reminded of a deadline: allowed, but worth a word."""
    return all(step.asks for step in steps)


Found = Iterator[tuple[str, str, Any]]


def _of_step(step: StepInput, before: Sequence[StepInput]) -> Found:
    yield from _code(step, before)
    unknown = list(_unknown(step))
    yield from unknown
    if any(name == "anchor" for name, _code, _rule in unknown):
        return  # nothing else can be said of it
    yield from _offset(step)
    yield from _repeats(step)
    yield from _audience(step)
    yield from _notice(step)
    yield from _ways(step)


def _code(step: StepInput, before: Sequence[StepInput]) -> Found:
    if not step.code:
        yield "code", "missing", _("Each step needs a code of its own; give it a short name such as “before-7”.")
    elif len(step.code) > LONGEST_CODE:
        words = _("At most %(most)s characters; shorten it.") % {"most": LONGEST_CODE}
        yield "code", "long", words
    elif step.code in [one.code for one in before]:
        yield "code", "taken", _("Another step has this code; choose another.")


def _unknown(step: StepInput) -> Found:
    for name, known in CHOICES.items():
        value = getattr(step, name)
        for one in value if name in entries.ORDER else [value]:
            if one not in known:
                words = _("“%(value)s” is none of the choices: %(choices)s.")
                yield name, "choice", words % {"value": one, "choices": ", ".join(filter(None, known))}


def _offset(step: StepInput) -> Found:
    anchor = Anchor(step.anchor)
    if anchor == Anchor.ON_DUE:
        if step.offset:
            yield "offset", "offset", _("On the deadline it is 0; set it to 0, or choose another anchor.")
    elif step.offset < (1 if anchor in FROM_ONE else 0):
        words = _("It is at least 1 with “%(anchor)s”; for the day itself choose “%(on_due)s”.")
        yield "offset", "offset", words % {"anchor": anchor.label, "on_due": Anchor.ON_DUE.label}
    elif step.offset > FARTHEST:
        yield "offset", "offset", _("At most %(most)s days; choose fewer.") % {"most": FARTHEST}


def _repeats(step: StepInput) -> Found:
    if step.repeats and step.anchor not in REPEATING:
        anchors = _(", ").join(str(anchor.label) for anchor in REPEATING)
        words = _("Only a step with one of these anchors repeats: %(anchors)s. Untick it, or choose one of them.")
        yield "repeats", "repeats", words % {"anchors": anchors}
    elif step.repeats and step.offset < 1:
        yield "offset", "offset", _("What repeats needs at least 1 day in between; set 1 or more.")
    if step.most is None:
        return
    if not step.repeats:
        yield "most", "most", _("Only a step that repeats has a limit; leave it empty, or tick that it repeats.")
    elif not 1 <= step.most <= FARTHEST:
        yield "most", "most", _("From 1 to %(most)s; empty for no limit.") % {"most": FARTHEST}


def _audience(step: StepInput) -> Found:
    if not step.audience:
        yield "audience", "empty", _("A step that speaks to nobody is never sent; choose at least one role.")
    elif not step.speaks_to:
        words = _("Who stands in does so for somebody who is spoken to; choose that role as well.")
        yield "audience", "deputy", words


def _notice(step: StepInput) -> Found:
    if step.level and step.asks:
        words = _("A notice is about a deadline or a pace; choose “%(reminder)s”, or another anchor.")
        yield "level", "level", words % {"reminder": Level.REMINDER.label}
    if step.respond_days is not None:
        if not step.level:
            words = _("Only a notice is answered within days; leave it empty, or choose the level of a notice.")
            yield "respond_days", "respond_days", words
        elif not 1 <= step.respond_days <= LONGEST_ANSWER:
            words = _("From 1 to %(most)s working days; empty for what is usual at this level.")
            yield "respond_days", "respond_days", words % {"most": LONGEST_ANSWER}
    if step.stops_when_answered and step.asks:
        yield "stops_when_answered", "stops", _("What asks for an answer ends with that answer anyway; untick it.")


def _ways(step: StepInput) -> Found:
    if not step.channels:
        yield "channels", "empty", _("Choose at least one channel.")
    if step.asks and Channel.WEBHOOK in step.channels:
        yield "channels", "webhook", _("What asks for an answer is a letter to a person; choose e-mail only.")
    elif step.level and step.channels and Channel.MAIL not in step.channels:
        yield "channels", "letter", _("A notice is a letter that is signed for; choose e-mail too.")


def _says_the_same(one: StepInput, other: StepInput) -> bool:
    def days(step: StepInput) -> tuple[Any, ...]:
        return step.anchor, step.offset, step.unit, step.repeats, step.level

    overlap = one.speaks_to & other.speaks_to and set(one.channels) & set(other.channels)
    return days(one) == days(other) and bool(overlap)


NO_DEADLINE = gettext_lazy(
    "No step of this ladder is about a deadline: whoever follows it is reminded of none. Add one, unless that is meant."
)
