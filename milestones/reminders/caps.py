"""How many mails may still be taken this minute, in all and to one domain? Counted for all workers together.

Whoever takes mails under a cap first locks the minute's own row: one after the other, so that nobody counts too few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Lower, StrIndex, Substr

from milestones.mail.gate import HELD, Rules
from milestones.models import MailWindow, OutgoingMail
from milestones.models.mail import OutgoingMailQuerySet

MINUTE = timedelta(minutes=1)
KEPT_FOR = timedelta(hours=1)  # what was counted, for the page of the gate
ALL = ""  # the domain of the row that counts all
DOMAIN = Lower(Substr("to", StrIndex("to", Value("@")) + 1))
# So many mails to a full domain are looked past at every claim; the others are given their minutes at once.
LOOKED_PAST = 500
AT_ONCE = 100_000


@dataclass(slots=True)
class Shares:
    """What was taken of a minute: `before`, by anybody, and `now`, in this transaction."""

    rules: Rules
    minute: datetime
    before: Counter[str]
    now: Counter[str] = field(default_factory=Counter)

    @property
    def ends(self) -> datetime:
        return self.minute + MINUTE

    def take(self, due: OutgoingMailQuerySet, size: int) -> list[OutgoingMail]:
        """Up to `size` of those due that may leave in this minute; what waits for its domain is in nobody's way."""
        taken: list[OutgoingMail] = []
        while (wanted := min(size, self._left(size)) - len(taken)) > 0:
            full = self._full()
            found = list(_beside(due, full, taken)[:wanted])
            taken += [mail for mail in found if self._counts(mail)]
            filled = self._full() - full
            self._make_way(due, filled, taken)
            if not filled or len(found) < wanted:
                break
        return taken

    def is_used_up(self, taken: Collection[OutgoingMail]) -> bool:
        """Whether a cap kept something back, or will from now on."""
        return self._left(len(taken) + 1) <= len(taken) or bool(self._full())

    def store(self, mails: Iterable[OutgoingMail]) -> None:
        """Of those taken these leave. What of them is not sent in this minute is lost: a cap is never passed."""
        leaving = list(mails)
        if leaving:
            self._add(ALL, len(leaving))
        if self.rules.per_domain is not None:
            for domain, count in sorted(Counter(domain_of(mail.to) for mail in leaving).items()):
                self._add(domain, count)

    def _add(self, domain: str, count: int) -> None:
        if domain in self.before:
            _windows(self.minute).filter(domain=domain).update(taken=F("taken") + count)
        else:
            MailWindow.objects.create(domain=domain, minute=self.minute, taken=count)

    def _left(self, size: int) -> int:
        return size if self.rules.per_minute is None else self.rules.per_minute - self.before[ALL]

    def _counts(self, mail: OutgoingMail) -> bool:
        domain = domain_of(mail.to)
        if not self._has_room(domain):
            return False
        self.now[domain] += 1
        return True

    def _full(self) -> set[str]:
        return {domain for domain in (*self.before, *self.now) if domain and not self._has_room(domain)}

    def _has_room(self, domain: str) -> bool:
        cap = self.rules.per_domain
        return cap is None or self.before[domain] + self.now[domain] < cap

    def _make_way(self, due: OutgoingMailQuerySet, domains: Collection[str], taken: Collection[OutgoingMail]) -> None:
        """Of what waits for these, the many that cannot leave in the next minutes are not looked at until they can."""
        if not domains:
            return
        waiting = due.annotate(domain=DOMAIN).exclude(pk__in=[mail.pk for mail in taken])
        counts = waiting.filter(domain__in=domains).order_by().values("domain").annotate(count=Count("pk"))
        for domain, count in counts.values_list("domain", "count"):
            if count > self._ahead():
                self._spread(waiting.filter(domain=domain))

    def _spread(self, waiting: OutgoingMailQuerySet) -> None:
        """In their order, to the minutes in which their turn comes."""
        cap, ahead = self.rules.per_domain, self._ahead()
        assert cap is not None  # or no domain were full
        rows = waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
        pks = list(rows[ahead : ahead + AT_ONCE])
        for first in range(0, len(pks), ahead):
            turn = self.minute + MINUTE * ((first + ahead) // cap)
            OutgoingMail.objects.filter(pk__in=pks[first : first + ahead]).update(due_at=turn, lease_holder=HELD)

    def _ahead(self) -> int:
        return max(LOOKED_PAST, self.rules.per_domain or 0)


def shares(rules: Rules, now: datetime) -> Shares:
    """Of the minute of `now`; its row is locked until this transaction ends."""
    minute = now.replace(second=0, microsecond=0)
    if not _hold(minute):
        MailWindow.objects.filter(minute__lt=minute - KEPT_FOR).delete()
        MailWindow.objects.bulk_create([MailWindow(domain=ALL, minute=minute)], ignore_conflicts=True)
        _hold(minute)
    return Shares(rules, minute, Counter(dict(_windows(minute).values_list("domain", "taken"))))


def locked(due: OutgoingMailQuerySet) -> OutgoingMailQuerySet:
    """With their people; what another run is at is passed over."""
    return due.select_for_update(skip_locked=True, of=("self",)).select_related("recipient")


def domain_of(address: str) -> str:
    return address.partition("@")[2].lower()


def _windows(minute: datetime) -> QuerySet[MailWindow]:
    return MailWindow.objects.filter(minute=minute)


def _hold(minute: datetime) -> bool:
    return bool(_windows(minute).filter(domain=ALL).select_for_update(no_key=True).values_list("pk"))


def _beside(due: OutgoingMailQuerySet, full: Collection[str], taken: Collection[OutgoingMail]) -> OutgoingMailQuerySet:
    """Locked, with their people."""
    due = locked(due)
    if full:
        due = due.alias(domain=DOMAIN).exclude(domain__in=full)
    return due.exclude(pk__in=[mail.pk for mail in taken]) if taken else due
