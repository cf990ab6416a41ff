"""What does each noun look like to other systems?"""

from __future__ import annotations

from collections.abc import Mapping

from .base import Field, Reader, Shape
from .comment import COMMENT
from .dependency import DEPENDENCY
from .evidence import EVIDENCE
from .extension import EXTENSION
from .milestone import MILESTONE
from .notice import NOTICE
from .organisation import ORGANISATION
from .person import PERSON
from .plan import PLAN
from .reading import READING
from .reminder import REMINDER
from .status_report import STATUS_REPORT
from .target import TARGET
from .webhook import WEBHOOK
from .workstream import WORKSTREAM

# In the order of a first crawl: what is referred to comes before what refers to it.
_ALL = (
    *(ORGANISATION, PERSON, PLAN, WORKSTREAM, MILESTONE, TARGET, READING, DEPENDENCY),
    *(STATUS_REPORT, EVIDENCE, EXTENSION, COMMENT, NOTICE, REMINDER, WEBHOOK),
)
SHAPES: Mapping[str, Shape] = {shape.entity: shape for shape in _ALL}
# Those that the change feed delivers: the ledger of reminders has no history, webhooks are their owner's business.
FEED: tuple[str, ...] = tuple(entity for entity in SHAPES if entity not in ("reminder", "webhook"))

_ENTITIES = {str(shape.model._meta.model_name): shape.entity for shape in _ALL}
_MODEL_NAMES = {entity: model_name for model_name, entity in _ENTITIES.items()}


def entity_of(model_name: str) -> str | None:
    """`statusreport`, as change entries have it → `status_report`; None for what other systems never see."""
    return _ENTITIES.get(model_name)


def model_name_of(entity: str) -> str:
    """`status_report` → `statusreport`. Raises KeyError for what is no entity."""
    return _MODEL_NAMES[entity]


__all__ = ["FEED", "SHAPES", "Field", "Reader", "Shape", "entity_of", "model_name_of"]
