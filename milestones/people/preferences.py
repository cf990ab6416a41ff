"""What may somebody say about how they are reminded, and what can nobody silence?

Anything but notices and the deadline itself can be muted, step by step; the office sees who does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from milestones import access
from milestones.changes import steps
from milestones.errors import RuleBroken
from milestones.models import Anchor, DigestFrequency, Language, MailKind, Person, StepVersion
from milestones.models.people import validate_time_zone

OWN = ("language", "time_zone", "send_hour", "digest_frequency", "digest_muted", "muted_steps")
# Hears of nothing that comes before a deadline, or not of some steps.
MUTES = Q(digest_muted=True) | ~Q(muted_steps=[])


def cleaned(person: Person, values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """`values` with its preferences as they are stored; `person` has those of before.

    A step that was muted already may stay so, whatever has become of it: it mutes what can be muted of it. Raises
    RuleBroken for the first that cannot be.
    """
    found = dict(values)
    for name, check in _CHECKS.items():
        if name in found:
            check(found[name])
    if "muted_steps" in found:
        found["muted_steps"] = sorted(set(found["muted_steps"]))
        check_mutable(set(found["muted_steps"]) - set(person.muted_steps), today)
    return found


def check_mutable(codes: Iterable[str], today: date) -> None:
    """Raises RuleBroken for the first of these steps that nobody can mute, and says why."""
    mutable = mutable_steps(today)
    for code in sorted(codes):
        if code not in mutable:
            raise _not_mutable(code, today)


def mutable_steps(today: date) -> dict[str, str]:
    """Code → what it is, of all steps of all policies, in force or to come, that somebody may mute; in the order in
    which they come. A code that means several things has all of them."""
    said: dict[str, dict[str, None]] = {}
    plain = _standing(today).filter(level="").exclude(anchor=Anchor.ON_DUE)
    for version in sorted(plain, key=_place):
        said.setdefault(version.step.code, {})[_words(version)] = None
    found = {code: " / ".join(words) for code, words in said.items()}
    return found | {MailKind.BULLETIN.value: str(MailKind.BULLETIN.label)}


def choices(person: Person, today: date) -> list[tuple[str, str]]:
    """For a form: what may be muted, and what this person mutes already though it is no step any more."""
    known = mutable_steps(today)
    if not (access.is_office(person) or access.leaders().filter(pk=person.pk).exists()):
        del known[MailKind.BULLETIN.value]  # nobody writes them one
    return [*known.items(), *((code, code) for code in person.muted_steps if code not in known)]


def mutes(person: Person, today: date) -> list[str]:
    """In words, what this person does not want to hear."""
    known = mutable_steps(today) if person.muted_steps else {}
    all_before = [_("everything before the deadline")] if person.digest_muted else []
    return all_before + [known.get(code, code) for code in person.muted_steps]


def _standing(today: date) -> Any:
    ahead = Q(effective_until__isnull=True) | Q(effective_until__gt=today)
    return StepVersion.objects.filter(ahead).select_related("step")


def _place(version: StepVersion) -> tuple[int, int, str]:
    """As the days come: far before the deadline first."""
    offset = -version.offset if version.anchor == Anchor.BEFORE_DUE else version.offset
    return list(Anchor).index(Anchor(version.anchor)), offset, version.step.code


def _words(version: StepVersion) -> str:
    return steps.when({name: getattr(version, name) for name in ("anchor", "offset", "unit", "repeats", "most")})


def _not_mutable(code: str, today: date) -> RuleBroken:
    version = _standing(today).filter(step__code=code).first()
    said = {"code": code}
    if version is None:
        message = _("There is no step “%(code)s”; choose from the list.")
        return RuleBroken(message % said, field="muted_steps", code="unknown_step")
    if version.level:
        message = _("“%(code)s” issues a notice to the organisation; nobody can mute a notice.")
        return RuleBroken(message % said, field="muted_steps", code="notice")
    message = _("“%(code)s” is the deadline itself; nobody can mute it.")
    return RuleBroken(message % said, field="muted_steps", code="deadline")


def _check_hour(hour: Any) -> None:
    if isinstance(hour, bool) or not isinstance(hour, int) or not 0 <= hour <= 23:
        raise RuleBroken(_("The hour is a whole number from 0 to 23."), field="send_hour", code="hour")


def _check_zone(name: str) -> None:
    try:
        validate_time_zone(name)
    except ValidationError as error:
        raise RuleBroken(error.messages[0], field="time_zone", code="time_zone") from None


def _one_of(field: str, known: Iterable[str]) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if value not in known:
            said = {"value": value, "known": ", ".join(known)}
            raise RuleBroken(_("“%(value)s” is not one of: %(known)s.") % said, field=field, code="choice")

    return check


def _check_codes(codes: Any) -> None:
    if not isinstance(codes, list | tuple | set | frozenset) or not all(isinstance(code, str) for code in codes):
        raise RuleBroken(_("This is a list of codes of steps."), field="muted_steps", code="list")


_CHECKS: Mapping[str, Callable[[Any], None]] = {
    "language": _one_of("language", Language.values),
    "time_zone": _check_zone,
    "send_hour": _check_hour,
    "digest_frequency": _one_of("digest_frequency", DigestFrequency.values),
    "muted_steps": _check_codes,
}
