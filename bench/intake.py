"""How much of a plan text is proposed rightly, and how fast is it read?

The text of the labels is not shipped: it is looked for in ../shared/seed, or where INTAKE_TEXT says. The texts of
tests/intake are ours; their figures are named intake.texts.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from bench.figures import figure, median, seconds
from milestones.intake.rules.reading import read
from tests.intake import scoring
from tests.intake.scoring import Score, Scored

LABELS = Path(__file__).with_name("intake_labels.tsv")
SHA256 = "2169627d22911aa982140c6a854494c1a4db76bdbc1b688a6cc2e1a127c0075c"
HUNDRED_KB = 100_000
PLACES = (os.environ.get("INTAKE_TEXT", ""), "../shared/seed")


def run() -> None:
    if (path := _published()) is None:
        print("intake: the labelled text is not here; say where it is by INTAKE_TEXT.", file=sys.stderr)
    else:
        text = path.read_text(encoding="utf-8")
        scored = scoring.score(read(text), scoring.placed(LABELS), text)
        _print("intake", scored.targets, scored.milestones)
        _tell(scored)
    targets, milestones, every = Score(), Score(), ""
    for _name, text, labels in scoring.own_texts():
        scored = scoring.score(read(text), labels, text)
        targets += scored.targets
        milestones += scored.milestones
        every += text + "\n"
        _tell(scored)
    _print("intake.texts", targets, milestones)
    hundred = (every * (HUNDRED_KB // len(every.encode()) + 1)).encode()[:HUNDRED_KB].decode(errors="ignore")
    figure("intake.text_100kb_ms", 1000 * median(lambda: seconds(lambda: read(hundred))), "ms")
    figure("intake.chars_per_s", len(every) / median(lambda: seconds(lambda: read(every))), "chars/s")


def _print(name: str, targets: Score, milestones: Score) -> None:
    for kind, score in (("targets", targets), ("milestones", milestones)):
        figure(f"{name}.{kind}_f1", score.f1, "ratio")
        figure(f"{name}.{kind}_precision", score.precision, "ratio")
        figure(f"{name}.{kind}_recall", score.recall, "ratio")


def _tell(scored: Scored) -> None:
    """What to look at; beside the figures."""
    for words in scored.missed:
        print(f"missed: {words}", file=sys.stderr)
    for one in scored.beside:
        print(f"beside: {one.type} {one.title} {one.span}", file=sys.stderr)


def _published() -> Path | None:
    for place in filter(None, PLACES):
        for path in [Path(place)] if Path(place).is_file() else sorted(Path(place).glob("*.txt")):
            if hashlib.sha256(path.read_bytes()).hexdigest() == SHA256:
                return path
    return None
