"""How is one object at the target brought to what the source has, so that nothing is overwritten unseen?

Field by field three values are compared: the source's, the target's, and what both agreed on last. What only the source
changed is written, what only the target changed waits for the run in the other direction, what both changed is a
conflict and left. So a row that comes again, after a kill or as an echo of what was just written, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from milestones.models import SyncPair

from .left import Left
from .marks import Marks
from .nouns import Data, Noun, in_plan
from .writing import Writer, path


@dataclass
class Bringer:
    """`begun` holds, by entity and id, the marks of earlier writes whose answer was not seen."""

    writer: Writer
    begun: dict[tuple[str, str], Marks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pairs, self.target = self.writer.pairs, self.writer.target

    def bring(self, noun: Noun, data: Data) -> str:
        """Bring the target to `data`; what was done. Raises Left, after all that could be done."""
        pair = self.pairs.of(noun.entity, data["id"])
        wanted = self.pairs.source_marks(noun, data)
        if pair is not None and wanted.items() <= pair.agreed.items():
            return "unchanged"
        present, pair = self._counterpart(noun, data, pair)
        done = "changed" if pair is not None else "matched"
        if present is None:
            present, pair = self.writer.make(noun, data, wanted)
            done = "created"
        before = self.writer.writes
        self._merge(noun, data, wanted, present, pair)
        return "unchanged" if done == "changed" and self.writer.writes == before else done

    def remove(self, noun: Noun, source_id: str, *, certain: bool) -> bool:
        """What the source has no more; False when it was not there either. Raises Left, also where the source may only
        have hidden it (not `certain`)."""
        pair = self.pairs.of(noun.entity, source_id)
        if pair is None:
            return False
        present = self.target.ask("GET", path(noun, self.pairs.at_target(pair)))
        if present.ok:
            if not in_plan(noun, present.data, self.writer.link.plan):
                return False
            if not certain:
                raise Left(
                    "vanished", _("The source has it no more, or the token may not see it. Nothing was deleted.")
                )
            self._check_untouched(noun, present.data, pair)
            self.writer.delete(noun, present.data)
        self.pairs.untie(pair)
        return present.ok

    def _check_untouched(self, noun: Noun, present: Data, pair: SyncPair) -> None:
        held = self.pairs.target_marks(noun, present)
        if changed := [name for name, value in held.items() if pair.agreed.get(name, "") != value]:
            words = _("It was deleted at the source and changed at the target (%(fields)s).")
            raise Left("conflict", words % {"fields": ", ".join(changed)})

    # --- finding ------------------------------------------------------------------------------------------------------
    def _counterpart(self, noun: Noun, data: Data, pair: SyncPair | None) -> tuple[Data | None, SyncPair | None]:
        if pair is None:
            return self._named(noun, data), None
        answer = self.target.ask("GET", path(noun, self.pairs.at_target(pair)))
        if answer.ok:
            return answer.data, pair
        if (found := self._named(noun, data)) is not None:  # somebody made it anew
            return found, None
        raise Left("gone", _("It was changed at the source and deleted at the target."))

    def _named(self, noun: Noun, data: Data) -> Data | None:
        """That at the target which has its natural name, unless another object of the source is tied to it."""
        named = self.writer.named(noun, data)
        free = [pk for pk in named if self.pairs.holder(noun.entity, pk) in (None, data["id"])]
        found = [answer.data for pk in free if (answer := self.target.ask("GET", path(noun, pk))).ok]
        if noun.entity == "reading":  # a day may have several
            wanted = self.pairs.source_marks(noun, data)
            return next((one for one in found if self.pairs.target_marks(noun, one) == wanted), None)
        if named and not free:
            raise Left("taken", _("Another object at the target has this name."))
        return found[0] if found else None

    # --- comparing ----------------------------------------------------------------------------------------------------
    def _merge(self, noun: Noun, data: Data, wanted: Marks, present: Data, pair: SyncPair | None) -> None:
        held, agreed = self.pairs.target_marks(noun, present), dict(pair.agreed if pair else {})
        begun = self.begun.get((noun.entity, data["id"]), {})
        news, clashes = [], []
        for name, mark in wanted.items():
            known = agreed.get(name, "")
            if held[name] == mark:
                agreed[name] = mark
            elif held[name] in (known, begun.get(name)):
                news.append(name)
            elif mark != known and not (noun.matched and name not in agreed):
                clashes.append(name)
        if pair is None:
            pair = self.pairs.tie(noun.entity, data["id"], present["id"], agreed)
        self.pairs.agree(pair, agreed)
        if news:
            present = self.writer.carry(noun, data, wanted, present, pair, set(news))
        if clashes:
            raise _conflict(data, present, clashes)


def _conflict(data: Data, present: Data, names: Iterable[str]) -> Left:
    """Field by field, with both values."""
    words = _("%(field)s: %(source)s at the source, %(target)s at the target")
    said = [words % {"field": one, "source": data[one], "target": present[one]} for one in names]
    return Left("conflict", "; ".join(said))
