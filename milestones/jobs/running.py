"""How is one job run, whatever its kind: its language, its errors, its end?"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from milestones.errors import DomainError
from milestones.models import Job

from .progress import Progress, Taken
from .queue import claim

log = structlog.get_logger(__name__)

# Does the work, tells its progress; returns what the page of its kind shows, and the name of a file to fetch, if any.
Work = Callable[[Job, Progress], tuple[Mapping[str, Any], str]]


def run(pk: uuid.UUID, kinds: Mapping[str, Work], clock: Callable[[], datetime]) -> None:
    """Nothing when the job is over or another's. A refusal of the domain ends it with its words; any other error of
    ours ends it too, is logged, and goes on to whoever watches the worker."""
    job = claim(pk, clock())
    if job is None:
        return
    progress = Progress(job, clock)
    with translation.override(job.language):
        try:
            result, file_name = kinds[job.kind](job, progress)
            progress.finish(result, file_name)
        except Taken:
            log.warning("job_taken", job=str(pk))
        except DomainError as error:
            progress.fail(str(error))
        except Exception:
            progress.fail(_("This did not work because of a fault of the application; it has been recorded."))
            raise
