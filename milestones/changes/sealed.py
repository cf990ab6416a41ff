"""Do the seals still vouch for every numbered entry?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from milestones.models import ChangeEntry, HistorySeal

from . import comparing, seals
from .faults import Fault, FaultKind

NAMED = 20  # numbers shown of those that are missing


def check() -> Iterator[list[Fault]]:
    """What is wrong with each seal, oldest first."""
    previous, following = "", 1
    for seal in HistorySeal.objects.order_by("id").iterator():
        yield list(_of(seal, previous, following))
        previous, following = seal.digest, seal.last_seq + 1


def knows(digest: str) -> bool:
    """Whether a digest that was noted elsewhere is one of the chain's."""
    return HistorySeal.objects.filter(digest=digest).exists()


def _of(seal: HistorySeal, previous: str, following: int) -> Iterator[Fault]:
    about = _("seal %(id)s of entries %(first)s–%(last)s") % {
        "id": seal.pk, "first": seal.first_seq, "last": seal.last_seq}  # fmt: skip
    if seal.previous != previous or seal.first_seq != following:
        yield Fault(FaultKind.SEAL, about, _("it does not follow the seal before it"))
    rows = list(seals.rows(ChangeEntry.objects.filter(seq__gte=seal.first_seq, seq__lte=seal.last_seq)))
    yield from _missing(range(seal.first_seq, seal.last_seq + 1), [row[seals.SEALED.index("seq")] for row in rows])
    if seals.digest(seal.previous, rows) != seal.digest:
        yield _broken(about, seal)


def _broken(about: str, seal: HistorySeal) -> Fault:
    """With the entries in it that contradict others or their object's row; a reason or a name contradicts nothing."""
    numbers = {
        number
        for fault in comparing.touched_between(seal.first_seq, seal.last_seq)
        for number in fault.entries
        if seal.first_seq <= number <= seal.last_seq
    }
    if not numbers:
        return Fault(FaultKind.SEAL, about, _("an entry of it was rewritten; compare them with those of a backup"))
    words = _("an entry of it was rewritten; these contradict others: %(numbers)s")
    found = sorted(numbers)
    return Fault(FaultKind.SEAL, about, words % {"numbers": _listed(found)}, tuple(found))


def _missing(wanted: range, found: Sequence[int]) -> Iterator[Fault]:
    if len(found) != len(wanted):
        gone = sorted(set(wanted) - set(found))
        about = _("entries %(numbers)s") % {"numbers": _listed(gone)}
        yield Fault(FaultKind.SEQUENCE, about, _("they are missing"), tuple(gone[:NAMED]))


def beyond() -> Iterator[Fault]:
    """What is wrong between the last seal and the last number."""
    following = seals.last_sealed() + 1
    found = ChangeEntry.objects.filter(seq__gte=following).aggregate(count=Count("id"), last=Max("seq"))
    if found["last"] and found["count"] != found["last"] - following + 1:
        about = _("entries %(first)s–%(last)s") % {"first": following, "last": found["last"]}
        gone = found["last"] - following + 1 - found["count"]
        yield Fault(FaultKind.SEQUENCE, about, _("%(count)s of them are missing") % {"count": gone})


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:NAMED])) + (" …" if len(numbers) > NAMED else "")
