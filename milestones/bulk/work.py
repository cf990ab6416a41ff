"""How are more milestones changed than a request should wait for? Some at a time, each refusal told with its code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken
from milestones.jobs.progress import Progress
from milestones.mail import outbox
from milestones.models import Job, Milestone, Person, Via

from .acts import ACTS, read
from .doing import NEAR, apply_one

KIND = "ledger_bulk"
AT_ONCE = 100
TOLD = 500  # refusals that the result keeps


def run(job: Job, progress: Progress) -> tuple[Mapping[str, Any], str]:
    """A run that begins again meets its own rows as changed meanwhile: they are refused, not changed twice."""
    params, now = job.params, progress.clock()
    try:
        act, typed = ACTS[params["act"]], read(params["typed"])
    except Person.DoesNotExist:
        raise RuleBroken(_("This person has gone; choose another.")) from None
    actor, versions = Actor(job.person, Via.WEB, day=timezone.localdate(now)), params["rows"]
    progress.of(len(versions))
    changed, refused = 0, []
    how: dict[str, Any] = {"actor": actor, "now": now}
    for some in _chunks(list(versions), actor):
        with record.writing(**how), outbox.one_act():
            told = [(one.code, apply_one(act, one, versions[str(one.pk)], typed, how)) for one in some]
        refused += [{"code": code, "why": why} for code, why in told if why]
        changed += sum(not why for _code, why in told)
        progress.step(len(told))
    return {"changed": changed, "refusals": len(refused), "refused": refused[:TOLD], "url": params.get("url", "")}, ""


def _chunks(ids: Sequence[str], actor: Actor) -> Iterator[list[Milestone]]:
    """So many as one transaction holds, for which each person gets one mail."""
    for start in range(0, len(ids), AT_ONCE):
        rows = Milestone.objects.filter(pk__in=ids[start : start + AT_ONCE]).select_related(*NEAR)
        yield list(access.visible(rows, actor).order_by("due_on", "code"))
