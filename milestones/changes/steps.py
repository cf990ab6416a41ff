"""How does history keep what a step of a ladder says, and how is it said in words?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.models import Anchor, Audience, Channel, DayUnit, Level, StepVersion

# What an entry always tells. Of the rest it tells what is not as usual, so entries from before there was more to say
# still say the same.
TOLD = ("anchor", "offset", "unit", "repeats")
REST = ("most", "stops_when_answered", "audience", "level", "respond_days", "channels", "digestible")
USUAL: Mapping[str, Any] = {name: StepVersion._meta.get_field(name).get_default() for name in (*TOLD, *REST)}  # type: ignore[union-attr]
ORDER: Mapping[str, Sequence[str]] = {"audience": Audience.values, "channels": Channel.values}

# What a distance is counted from; on the day itself the anchor's own words stand.
BEFORE = {
    Anchor.PACE_CHECK: gettext_lazy("before each quarter's end"),
    Anchor.BEHIND_PACE: gettext_lazy("after it fell behind its pace"),
    Anchor.REPORT_DUE: gettext_lazy("before a report is due"),
    Anchor.DECISION_DUE: gettext_lazy("before a decision is due"),
    Anchor.READING_DUE: gettext_lazy("before a target's reading is due"),
}
AGAIN = {
    Anchor.REPORT_DUE: gettext_lazy("after a report was due"),
    Anchor.DECISION_DUE: gettext_lazy("after a decision was due"),
    Anchor.READING_DUE: gettext_lazy("after a target's reading was due"),
}


def kept(code: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """As entries hold it: lists in the order of their choices, so that the same is always told the same way."""
    whole = {name: in_order(name, said.get(name, USUAL[name])) for name in (*TOLD, *REST)}
    return {
        "code": code,
        **{name: value for name, value in whole.items() if name in TOLD or value != USUAL[name]},
    }


def in_order(name: str, value: Any) -> Any:
    """A list of choices once each, in their order, what is no choice last; any other value as it is."""
    if name not in ORDER:
        return value
    known = ORDER[name]
    return sorted(set(value), key=lambda one: (known.index(one) if one in known else len(known), one))


def words(said: Mapping[str, Any], *, in_full: bool = False) -> str:
    """“7 working days before the deadline; blue notice”: what is as usual is left out, unless `in_full`."""
    return _("; ").join([when(said), *_rest({**USUAL, **said}, in_full)])


def when(said: Mapping[str, Any]) -> str:
    """“3 working days after the deadline, again and again”."""
    anchor, offset, most = Anchor(said["anchor"]), said["offset"], said.get("most")
    if offset == 0:
        return str(anchor.label)
    place = (AGAIN if said["repeats"] else BEFORE).get(anchor, anchor.label)
    words = _("%(count)s %(unit)s %(anchor)s") % {
        "count": offset,
        "unit": DayUnit(said["unit"]).label,
        "anchor": place,
    }
    if not said["repeats"]:
        return words
    if most is None:
        return _("%(step)s, again and again") % {"step": words}
    return _("%(step)s, again, at most %(most)s times") % {"step": words, "most": most}


def audience(values: Sequence[str]) -> str:
    """“head of the lead, who stands in for one of them”."""
    last = sorted(values, key=lambda one: one == Audience.DEPUTY)
    return _(", ").join(str(Audience(one).label) if one in Audience.values else one for one in last)


def _rest(said: Mapping[str, Any], in_full: bool) -> Iterator[str]:
    if said["level"]:
        yield str(Level(said["level"]).label)
    if said["respond_days"]:
        yield _("to be answered within %(days)s working days") % {"days": said["respond_days"]}
    if in_full or said["audience"] != USUAL["audience"]:
        yield _("to %(people)s") % {"people": audience(said["audience"])}
    if said["channels"] != USUAL["channels"]:
        channels = [str(Channel(one).label) if one in Channel.values else one for one in said["channels"]]
        yield _("by %(channels)s") % {"channels": _(", ").join(channels)}
    if said["stops_when_answered"]:
        yield _("not while an answer stands")
    if not said["digestible"]:
        yield _("in a mail of its own")
