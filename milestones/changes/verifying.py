"""Is history whole: its seals, its numbers, the entries of every object and its dates?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from milestones.models import ChangeEntry, HistorySeal, Plan

from . import comparing, moved_dates, present, sealed, seals
from .faults import Fault, FaultKind

Progress = Callable[[str, int], None]


def faults(
    *, plan: Plan | None = None, expect: str = "", counts: Counter[str] | None = None, told: Progress | None = None
) -> Iterator[Fault]:
    """Everything that is wrong, in the order in which it is found; memory does not grow with history.

    Of one `plan` only the objects are compared, the seals all the same. `expect` is a digest noted at an earlier time.
    `counts` is filled with how much was looked at; `told` hears of it on the way.
    """
    counts = Counter() if counts is None else counts

    def counted(name: str, looked_at: Iterable[list[Fault]]) -> Iterator[Fault]:
        for found in looked_at:
            counts[name] += 1
            if told is not None:
                told(name, counts[name])
            yield from found

    if expect and not sealed.knows(expect):
        words = _("it is the digest of no seal: history was rewritten, or this is another installation's")
        yield Fault(FaultKind.SEAL, expect, words)
    yield from counted("seal", sealed.check())
    yield from sealed.beyond()
    for model in present.business_models():
        yield from counted(str(model._meta.model_name), comparing.objects(model, plan))
    yield from counted("dates", moved_dates.compare(plan))
    yield from _strange()


def state() -> dict[str, int | str]:
    """How far history is sealed, and the digest to note elsewhere (empty before the first seal)."""
    head = HistorySeal.objects.order_by("-id").first()
    return {
        "head": head.digest if head else "",
        "sealed": head.last_seq if head else 0,
        "not_sealed": seals.unsealed().count(),
        "not_numbered": ChangeEntry.objects.filter(seq__isnull=True).count(),
    }


def _strange() -> Iterator[Fault]:
    """Entries of kinds of objects that are none."""
    known = [model._meta.model_name for model in present.business_models()]
    for entity in ChangeEntry.objects.exclude(entity__in=known).order_by("entity").values_list("entity").distinct():
        yield Fault(FaultKind.OBJECT, entity[0], _("there is no such kind of object"))
