"""How many of the labelled targets and milestones does a reading propose, and how much beside them?"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Self

from milestones.intake.rules.proposals import Proposal, Reading, Span

EITHER = "either"
TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Label:
    """A row of a labelled file, and whether a proposal says it."""

    type: str
    words: str
    is_said_by: Callable[[Proposal, str], bool]


@dataclass
class Score:
    found: int = 0
    labels: int = 0
    proposals: int = 0

    @property
    def precision(self) -> float:
        return self.found / self.proposals if self.proposals else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.labels if self.labels else 1.0

    @property
    def f1(self) -> float:
        total = self.labels + self.proposals
        return 2 * self.found / total if total else 1.0

    def __iadd__(self, other: Score) -> Self:
        self.found += other.found
        self.labels += other.labels
        self.proposals += other.proposals
        return self


@dataclass(frozen=True)
class Scored:
    targets: Score
    milestones: Score
    missed: list[str]
    beside: list[Proposal]


def score(reading: Reading, labels: list[Label], text: str) -> Scored:
    """Each proposal answers for one label at most."""
    left, missed = list(reading.proposals), []
    scores = {"target": Score(), "milestone": Score()}
    for one in reading.proposals:
        scores[one.type].proposals += 1
    for label in sorted(labels, key=lambda label: label.type == EITHER):
        if label.type == EITHER:
            _let_be(label, left, scores, text)
            continue
        scores[label.type].labels += 1
        hit = next((one for one in left if one.type == label.type and label.is_said_by(one, text)), None)
        if hit is None:
            missed.append(label.words)
        else:
            left.remove(hit)
            scores[label.type].found += 1
    return Scored(scores["target"], scores["milestone"], missed, left)


def _let_be(label: Label, left: list[Proposal], scores: dict[str, Score], text: str) -> None:
    """What may be proposed or not counts neither way."""
    for one in [one for one in left if label.is_said_by(one, text)]:
        left.remove(one)
        scores[one.type].proposals -= 1


# --- Texts of ours: `T` or `M`, words of the phrase, then what must be exact ------------------------------------------
def own_texts() -> Iterator[tuple[str, str, list[Label]]]:
    for path in sorted(TEXTS.glob("*.txt")):
        rows = path.with_suffix(".labels").read_text(encoding="utf-8").splitlines()
        yield path.stem, path.read_text(encoding="utf-8"), [_own(row.split("\t")) for row in rows if row]


def _own(row: list[str]) -> Label:
    """T words value unit bound measure due; M words kind due [lead]; O words, proposed or not; * is any."""
    letter, words, *exact = row

    def says(one: Proposal, text: str) -> bool:
        said = _plain(text[one.span[0] : one.span[1]] + one.title)
        is_said = {"T": _is_target, "M": _is_milestone}.get(letter)
        return _plain(words) in said and (is_said is None or is_said(one, exact))

    return Label({"T": "target", "M": "milestone"}.get(letter, EITHER), "\t".join(row), says)


def _is_target(one: Proposal, exact: list[str]) -> bool:
    value, *others = exact
    said = [one.unit, one.bound, one.measure, str(one.due)]
    return one.is_target and one.value == Decimal(value) and _is_as(said, others)


def _is_milestone(one: Proposal, exact: list[str]) -> bool:
    kind, due, *lead = exact
    return not one.is_target and _is_as([one.kind, str(one.due), one.lead], [kind, due, *(lead or "*")])


def _is_as(said: list[str], labelled: list[str]) -> bool:
    return all(label in ("*", word) for word, label in zip(said, labelled, strict=True))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


# --- A text that is not ours: places and values alone -----------------------------------------------------------------
def placed(path: Path) -> list[Label]:
    """target code start end value value_max unit bound measure; milestone code start end."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    return [_placed(row) for row in rows]


def _placed(row: list[str]) -> Label:
    kind, code, start, end, *exact = row
    place = int(start), int(end)

    def says(one: Proposal, _text: str) -> bool:
        if not _overlap(one.span, place):
            return False
        if kind == "milestone":
            return True
        high = "" if one.value_max is None else f"{one.value_max:f}"
        return [f"{one.value:f}", high, one.unit, one.bound, one.measure] == exact

    return Label(kind, f"{code} {start}-{end}", says)


def _overlap(one: Span, other: Span) -> bool:
    """More than half of the shorter one."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared * 2 > min(one[1] - one[0], other[1] - other[0])
