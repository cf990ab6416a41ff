"""How does a plan stand in numbers and in a sentence, each number leading to its rows?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.models import Health, Plan, State
from milestones.planning.tally import Tally, share
from milestones.web.places import linked, listed, rows, sentence

ALIKE = 0.05  # percentage points that are no difference
LIVE = ["open", State.COMPLETED.value]  # in the ledger's words
OF_BAR, OF_STREAM = 7, 3  # units of the view boxes for one per cent


@dataclass(frozen=True)
class Count:
    """A number that leads to its rows; `health` is empty for what has no owner. `weight` is its share."""

    health: str
    label: str
    number: int
    weight: str
    url: str


@dataclass(frozen=True)
class Standing:
    """In per cent by weight: `done` is verified, `part` done within open milestones, `progress` both."""

    done: float
    part: float
    elapsed: float

    @property
    def progress(self) -> float:
        return self.done + self.part

    @property
    def ahead(self) -> float:
        """Percentage points before the time gone; negative when behind."""
        return self.progress - self.elapsed

    @property
    def bar_done(self) -> float:
        return round(self.done * OF_BAR, 1)

    @property
    def bar_progress(self) -> float:
        return round(self.progress * OF_BAR, 1)

    @property
    def bar_elapsed(self) -> float:
        return round(self.elapsed * OF_BAR, 1)

    @property
    def stream_elapsed(self) -> float:
        return round(self.elapsed * OF_STREAM, 1)


def all_of(plan: Plan) -> str:
    """All that counts; what was cancelled does not."""
    return rows(plan=plan.code, state=LIVE)


def standing(sums: Tally, elapsed: float) -> Standing:
    done, part = sum(cell.done for cell in sums.cells), sum(cell.part for cell in sums.cells)
    return Standing(share(done, sums.weight), share(part, sums.weight), elapsed)


def verdict(plan: Plan, sums: Tally, where: Standing, red_notices: int) -> list[SafeString]:
    """Two sentences that a leader may stop after."""
    found = [_first(plan, sums, where)]
    if not plan.is_draft:
        found.append(_second(plan, sums, red_notices))
    return found


def _first(plan: Plan, sums: Tally, where: Standing) -> SafeString:
    done = linked(sums.number(state=State.COMPLETED), rows(plan=plan.code, state=State.COMPLETED.value))
    values = {
        "done": done,
        "total": linked(sums.total, all_of(plan)),
        "progress": sentence("%(n)s%%", n=f"{where.progress:.1f}"),
        "points": f"{abs(where.ahead):.1f}",
    }
    if abs(where.ahead) < ALIKE:
        words = _("%(done)s of %(total)s milestones verified; weighted progress is %(progress)s, as the time gone.")
    elif where.ahead > 0:
        words = _(
            "%(done)s of %(total)s milestones verified; weighted progress is %(progress)s, "
            "%(points)s points ahead of the time gone."
        )
    else:
        words = _(
            "%(done)s of %(total)s milestones verified; weighted progress is %(progress)s, "
            "%(points)s points behind the time gone."
        )
    return sentence(words, **values)


def _second(plan: Plan, sums: Tally, red_notices: int) -> SafeString:
    late, risk, code = sums.number(health=Health.RED), sums.number(health=Health.YELLOW), plan.code
    parts = [
        (late, ngettext("%(n)s late", "%(n)s late", late), rows(plan=code, health="red")),
        (risk, ngettext("%(n)s at risk", "%(n)s at risk", risk), rows(plan=code, health="yellow")),
        (sums.overdue, ngettext("%(n)s overdue", "%(n)s overdue", sums.overdue), rows(plan=code, show="overdue")),
        (
            sums.unassigned,
            ngettext("%(n)s without an owner", "%(n)s without an owner", sums.unassigned),
            rows(plan=code, show="unassigned"),
        ),
        (
            red_notices,
            ngettext("%(n)s red notice unanswered", "%(n)s red notices unanswered", red_notices),
            _notices_url() or rows(plan=code, health="red"),
        ),
    ]
    said = [sentence(words, n=linked(number, url)) for number, words, url in parts if number]
    if not said:
        return sentence(_("Nothing is late or at risk, and every milestone has an owner."))
    return sentence(_("%(parts)s."), parts=listed(said))


def _notices_url() -> str:
    try:
        return reverse("notices")
    except NoReverseMatch:
        return ""


def settled(plan: Plan, sums: Tally) -> SafeString:
    """What the deadlines that have passed came to."""
    if not sums.fallen:
        return sentence(_("No deadline has passed yet."))
    words = _("%(n)s deadlines have passed: %(kept)s kept, %(late)s made up late, %(open)s still open.")
    over = {"plan": plan.code, "due_to": sums.today - timedelta(days=1)}
    told = sentence(
        words,
        n=linked(sums.fallen, rows(**over, state=LIVE)),
        kept=linked(sums.fallen_done - sums.made_up, rows(**over, health="done")),
        late=linked(sums.made_up, rows(plan=plan.code, health="made_up")),
        open=linked(sums.overdue, rows(plan=plan.code, show="overdue")),
    )
    if not sums.early:
        return told
    early = ngettext("%(n)s was done early.", "%(n)s were done early.", sums.early)
    url = rows(plan=plan.code, health="done", due_from=sums.today)
    return sentence("%(told)s %(early)s", told=told, early=sentence(early, n=linked(sums.early, url)))


def counts(plan: Plan, sums: Tally) -> list[Count]:
    """Worst first."""
    order = (Health.RED, Health.YELLOW, Health.GREEN, Health.MADE_UP, Health.DONE)
    return [_count(plan, sums, health) for health in order]


def _count(plan: Plan, sums: Tally, health: Health) -> Count:
    weight = sum(cell.weight for cell in sums.cells if cell.health == health)
    url = rows(plan=plan.code, health=health.value)
    return Count(health.value, str(health.label), sums.number(health=health), _per_cent(weight, sums), url)


def unassigned(plan: Plan, sums: Tally) -> Count:
    weight, url = _per_cent(sums.unassigned_weight, sums), rows(plan=plan.code, show="unassigned")
    return Count("", _("without owner"), sums.unassigned, weight, url)


def _per_cent(weight: int, sums: Tally) -> str:
    return f"{share(weight, sums.weight):.0f}%"
