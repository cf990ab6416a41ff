"""Is history whole, and what is the digest to note elsewhere?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from milestones.changes import verifying
from milestones.changes.faults import Fault
from milestones.management import lookup
from milestones.upkeep import evidence_files

EVERY = 1_000  # objects between two words of progress


class Command(BaseCommand):
    help = (
        "Check the seals, the numbers, the entries of every object against its row, the date history and the evidence "
        "files. Names what is wrong and exits with 1; prints the digest of the last seal, to be noted elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", metavar="CODE", help="compare only the objects of this plan")
        parser.add_argument("--expect", metavar="DIGEST", default="", help="a digest noted earlier: it must be known")
        parser.add_argument("--json", action="store_true", help="one object: faults, counts, head")

    def handle(self, *, plan: str | None, expect: str, json: bool, **options: Any) -> None:
        counts: Counter[str] = Counter()
        told = None if json else self._progress()
        one = lookup.plan(plan) if plan else None
        history = verifying.faults(plan=one, expect=expect.strip().lower(), counts=counts, told=told)
        found = chain(history, evidence_files.faults(plan=one, counts=counts))
        broken = self._as_json(found, counts) if json else self._as_lines(found, counts)
        if broken:
            sys.exit(1)

    def _as_lines(self, found: Iterable[Fault], counts: Counter[str]) -> int:
        broken = 0
        for fault in found:
            broken += 1
            self.stdout.write(str(fault))
        self.stdout.write(_("Looked at: %(counts)s.") % {"counts": _(", ").join(f"{n} {c}" for n, c in counts.items())})
        state = verifying.state()
        self.stdout.write(_("Not numbered yet: %(not_numbered)s; numbered and not sealed: %(not_sealed)s.") % state)
        if state["head"]:
            self.stdout.write(_("Sealed up to entry %(sealed)s. Note this digest elsewhere: %(head)s") % state)
        else:
            self.stdout.write(_("Nothing is sealed yet; the publisher does it within a minute of a start."))
        self.stdout.write(_("%(count)s faults.") % {"count": broken} if broken else _("History is whole."))
        return broken

    def _as_json(self, found: Iterable[Fault], counts: Counter[str]) -> int:
        faults = [
            {"kind": fault.kind, "about": fault.about, "words": str(fault.words), "entries": fault.entries}
            for fault in found
        ]
        self.stdout.write(json.dumps({"faults": faults, "counts": counts, **verifying.state()}, ensure_ascii=False))
        return len(faults)

    def _progress(self) -> Callable[[str, int], None] | None:
        """On a terminal, every thousand objects."""
        if not sys.stderr.isatty():
            return None

        def told(name: str, count: int) -> None:
            if count % EVERY == 0:
                self.stderr.write(f"\r{name} {count:,}", ending="\r")

        return told
