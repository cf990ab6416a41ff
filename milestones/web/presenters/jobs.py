"""How far is long work, and what did it make?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from milestones.models import Job, JobState, Person

MINE = 10


@dataclass(frozen=True)
class Progress:
    """`percent` is None while nobody knows how much there is; `facts` are (word, value) of the result."""

    job: Job
    title: str
    state: str
    is_over: bool
    percent: int | None
    said: str
    has_file: bool
    facts: list[tuple[str, str]]
    refused: list[dict[str, Any]]
    back: str


def title(job: Job) -> str:
    """What was asked for; a kind that is not known here is named as it is stored."""
    return {
        "ledger_export": _("Export of the ledger"),
        "ledger_bulk": _("Change of many milestones"),
        "plan_import": _("Import of a plan"),
        "import_look": _("Reading of a file of milestones"),
        "import_apply": _("Import of milestones"),
        "import_undo": _("Undoing of an import"),
    }.get(job.kind, job.kind.replace("_", " "))


def progress(job: Job) -> Progress:
    return Progress(
        job=job,
        title=title(job),
        state=str(JobState(job.state).label),
        is_over=job.is_over,
        percent=_percent(job),
        said=_said(job),
        has_file=bool(job.file_name) and job.state == JobState.DONE,
        facts=_facts(job.result),
        refused=list(job.result.get("refused", [])),
        back=str(job.result.get("url", "")),
    )


def mine(person: Person, shown: Job) -> list[tuple[Job, str]]:
    """The person's other long work, newest first."""
    rows = Job.objects.filter(person=person).exclude(pk=shown.pk)[:MINE]
    return [(job, title(job)) for job in rows]


def _percent(job: Job) -> int | None:
    if job.state == JobState.DONE:
        return 100
    return min(100, 100 * job.done // job.total) if job.total else None


def _said(job: Job) -> str:
    if job.total:
        return _("%(done)s of %(total)s") % {"done": f"{min(job.done, job.total):,}", "total": f"{job.total:,}"}
    return f"{job.done:,}" if job.done else ""


def _facts(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Figures of a result by names that pages know."""
    names = {"rows": _("rows"), "changed": _("changed"), "unchanged": _("unchanged"), "created": _("new")}
    return [(word, f"{result[name]:,}") for name, word in names.items() if isinstance(result.get(name), int)]
