"""How is it said why somebody got a mail about a milestone, or not?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from milestones import wording
from milestones.models import Audience, Level, OutgoingMail, Reminder, Suppression

from .explain import Explanation, Fate, Finding
from .recipients import Hat
from .rules import Step

FATES = {
    Fate.TO_COME: gettext_lazy("yet to come"),
    Fate.NOT_ADDRESSED: gettext_lazy("speaks to %(audience)s; this person is none of them here"),
    Fate.TOO_EARLY: gettext_lazy(
        "no mail: before %(since)s, the day from which this deadline counts for this person; earlier steps are not"
        " caught up"
    ),
    Fate.NOT_IN_FORCE: gettext_lazy("no mail: what the step says now counts from %(from)s"),
    Fate.NO_DAY: gettext_lazy("does not fall on any day for this milestone"),
    Fate.OVER: gettext_lazy("no mail: %(over)s"),
    Fate.NOT_LOOKED: gettext_lazy("no sweep has looked at it since that day began"),
}


@dataclass(frozen=True)
class Line:
    """One occurrence of a step: its day (None: it has none), how that is counted, and what became of it."""

    day: date | None
    step: str
    number: int
    counted: str
    outcome: str
    mail: OutgoingMail | None


def table(one: Explanation) -> list[Line]:
    """Every step of the ladder as it is now, a line an occurrence."""
    return [
        Line(
            finding.day,
            finding.step.code,
            finding.number,
            arithmetic(one, finding),
            outcome(one, finding),
            finding.row.mail if finding.row is not None else None,
        )
        for finding in one.findings
    ]


def lines(one: Explanation) -> Iterator[str]:
    """Who the person is to the milestone, then a line a step, then the rows of earlier deadlines."""
    yield from about(one)
    for finding in one.findings:
        yield f"{_day(finding.day)}  {finding_line(one, finding)}"
    for row in one.earlier:
        head = _("deadline version %(n)d") % {"n": row.due_version}
        yield f"{_day(row.day)}  {row.step.code}{_number(row.occurrence)}  {head}  {_row(row)}"


def about(one: Explanation) -> Iterator[str]:
    """The milestone's deadline, and in which roles the person hears of it."""
    due = wording.period_with_day(one.milestone.due)
    yield _("Due %(due)s, the last working day is %(day)s.") % {"due": due, "day": _said(one.deadline)}
    if one.over:
        yield _("Not reminded any more: %(why)s.") % {"why": suppression(one.over)}
    if not one.hats:
        others = "、".join(one.reminded) or _("nobody")
        yield _("%(person)s is not reminded of it; these are: %(others)s.") % {
            "person": one.person,
            "others": others,
        }
        return
    yield _("%(person)s hears of it as %(roles)s, from %(since)s on.") % {
        "person": one.person,
        "roles": "、".join(dict.fromkeys(_hat(hat) for hat in one.hats)),
        "since": _said(one.since),
    }
    if one.unreachable:
        why = suppression(one.unreachable)
        yield _("No mail reaches this person: %(why)s. The coordinator or the office gets it.") % {"why": why}


def finding_line(one: Explanation, finding: Finding) -> str:
    """The step, how its day is counted, and what became of it."""
    head = f"{finding.step.code}{_number(finding.number)}"
    return f"{head}  {arithmetic(one, finding)}: {outcome(one, finding)}"


def arithmetic(one: Explanation, finding: Finding) -> str:
    """“30 working days before 2023-12-29”."""
    step, level = finding.step, Level(finding.step.level)
    said = _counted(one, step, finding.number)
    return f"{said} ({level.label})" if level else said


def outcome(one: Explanation, finding: Finding) -> str:
    if finding.row is not None:
        waits = suppression(finding.would_be) if finding.would_be else ""
        return _("%(said)s, waits: %(why)s") % {"said": _row(finding.row), "why": waits} if waits else _row(finding.row)
    said = str(FATES[finding.fate]) % {
        "audience": "、".join(str(Audience(role).label) for role in sorted(finding.step.audience)),
        "since": _said(one.since),
        "from": _said(finding.step.effective_from),
        "over": suppression(one.over) if one.over else "",
    }
    if finding.fate is Fate.TO_COME and finding.would_be:
        return _("%(said)s, but held back: %(why)s") % {"said": said, "why": suppression(finding.would_be)}
    return said


def suppression(reason: str) -> str:
    return str(Suppression(reason).label) if reason in Suppression.values else reason


def journey(mail: OutgoingMail) -> str:
    """The mail's state, when it left, and the server's words."""
    at = _instant(mail.sent_at) if mail.sent_at else mail.get_state_display()
    tries = (
        "" if mail.attempts < 2 else ngettext("%(n)d attempt", "%(n)d attempts", mail.attempts) % {"n": mail.attempts}
    )
    words = " ".join(part for part in (tries, mail.server_reply) if part)
    return pgettext("an e-mail", "mail %(id)s %(sent)s %(reply)s") % {"id": mail.pk, "sent": at, "reply": words}


def _counted(one: Explanation, step: Step, number: int) -> str:
    due, times = one.milestone.due_on, max(number, 1)
    unit = _days(step.offset * (times if step.repeats else 1), working=step.working)
    match step.anchor:
        case "before_due":
            return _("%(n)s before %(day)s") % {"n": unit, "day": _said(one.deadline)}
        case "on_due":
            return _("on the last working day")
        case "after_due":
            return _("%(n)s after %(day)s") % {"n": unit, "day": _said(due)}
        case "behind_pace" if one.milestone.behind_since is None:
            return _("when it is behind its pace")
        case "behind_pace":
            return _("behind its pace since %(day)s") % {"day": _said(one.milestone.behind_since)}
    return _("%(n)s before the last working day of a quarter, while neither the month nor the day is known") % {
        "n": unit
    }


def _days(count: int, *, working: bool) -> str:
    if working:
        return ngettext("%(n)d working day", "%(n)d working days", count) % {"n": count}
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def _row(row: Reminder) -> str:
    said = str(row.get_state_display())
    if row.reason:
        said = f"{said}: {row.reason} ({suppression(row.reason)})"
    parts = [said, str(row.get_channel_display()) if row.channel != "mail" else ""]
    if row.mail is not None:
        if row.mail.notice is not None:
            parts.append(_("with notice %(number)s") % {"number": row.mail.notice.label})
        parts.append(journey(row.mail))
    return "  ".join(part for part in parts if part)


def _hat(hat: Hat) -> str:
    role = str(Audience(hat.role).label)
    return _("deputy of the %(role)s") % {"role": role} if hat.deputising else role


def _number(occurrence: int) -> str:
    return f" #{occurrence}" if occurrence else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else "—"


def _said(day: date | None) -> str:
    return wording.day(day) if day is not None else "—"


def _instant(moment: datetime) -> str:
    return date_format(moment.astimezone(ZoneInfo(settings.TIME_ZONE)), "Y-m-d H:i:s")
