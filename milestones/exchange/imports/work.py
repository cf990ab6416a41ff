"""What do the kinds of long work do that have to do with files of milestones?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from milestones import ledger
from milestones.actors import Actor
from milestones.jobs.progress import Progress
from milestones.models import ImportBatch, ImportState, Job, RowOutcome, Via

from ..excel import export
from . import operations
from .applying import Choice

Result = tuple[Mapping[str, Any], str]


def look(job: Job, progress: Progress) -> Result:
    batch = _batch(job, progress)
    progress.of(batch.total)
    if batch.state != ImportState.READING:  # done, but not told: a worker died in between
        return _summary(batch, job), ""
    operations.look(batch, actor=_actor(job, progress), now=progress.clock(), step=progress.step)
    return _summary(batch, job), ""


def apply(job: Job, progress: Progress) -> Result:
    batch = _batch(job, progress)
    progress.of(batch.new + batch.changed)
    if batch.state == ImportState.APPLIED:
        return _summary(batch, job), ""
    told = job.params
    choice = Choice(told["only_sound"], told["take"], told["keep"])
    operations.apply(batch, choice, actor=_actor(job, progress), now=progress.clock(), step=progress.step)
    return _summary(batch, job), ""


def undo(job: Job, progress: Progress) -> Result:
    batch = _batch(job, progress)
    progress.of(batch.rows.filter(outcome=RowOutcome.APPLIED).count())
    if batch.state == ImportState.UNDONE:
        return _summary(batch, job), ""
    how: Any = {"actor": _actor(job, progress), "now": progress.clock(), "step": progress.step}
    operations.undo(batch, others_only=job.params["others_only"], **how)
    return _summary(batch, job), ""


def export_ledger(job: Job, progress: Progress) -> Result:
    """`query` is the address of the ledger after the question mark, `format` xlsx or csv."""
    viewer = Actor(job.person, Via.WEB, day=progress.clock().date())
    today = progress.clock().astimezone().date()
    rows = ledger.rows(viewer, job.params.get("query", ""), today)
    progress.of(rows.count())
    ending = job.params.get("format", "xlsx")
    language = get_language() or job.language
    how: Any = {"viewer": viewer, "language": language, "ending": ending, "step": progress.step}
    count = export.write(progress.file(), rows, **how)
    return {"rows": count}, export.name(today, ending)


def _batch(job: Job, progress: Progress) -> ImportBatch:
    return ImportBatch.objects.select_related("plan", "person").get(pk=job.params["batch"])


def _actor(job: Job, progress: Progress) -> Actor:
    return Actor(job.person, Via.IMPORT, day=progress.clock().astimezone().date())


def _summary(batch: ImportBatch, job: Job) -> dict[str, Any]:
    """`url` is the page of the import, as whoever asked knows it."""
    counts = {name: getattr(batch, name) for name in ("new", "changed", "conflicts", "errors", "newer")}
    return {"batch": str(batch.pk), "url": job.params.get("url", ""), "rows": batch.total, **counts}
