"""How do two people who import or undo the same batch at once do it once?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from milestones.errors import StateConflict
from milestones.models import ImportBatch, ImportState

IMPORTING = (ImportState.READY, ImportState.APPLYING)
UNDOING = (ImportState.APPLIED, ImportState.UNDOING)


def hold(batch: ImportBatch, states: tuple[ImportState, ...]) -> None:
    """Until the caller's transaction ends nobody else writes for it. Raises StateConflict when another did already."""
    rows = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state__in=states)
    if not list(rows.values_list("pk")):
        raise StateConflict(_("Somebody else was faster; look at the import again."))
