"""What does a log line look like, and what may it never show?"""

from __future__ import annotations

import logging.config
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w:-])"
# Links in mails, password resets and calendar feeds carry their right in the address: 20 letters or more in one piece.
SECRET_IN_ADDRESS = re.compile(rf"(?<=[/=])(?!{UUID})[\w:-]{{20,}}")
MASK = "•••"
# Without the values of local variables: among them are passwords, names and what people wrote.
TRACEBACK = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def mask_addresses(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A request's address, also where the line's words quote it, without the tokens in it; ids stay readable."""
    if "request" in event:
        shown = {key: SECRET_IN_ADDRESS.sub(MASK, str(event[key])) for key in ("request", "event") if key in event}
        event.update(shown)
    return event


def only_ends(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """One line a request: its end says what its start did, but for the name of the browser, and the answer."""
    if event.get("event") == "request_started":
        raise structlog.DropEvent
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,  # request_id, user_id, task_id
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    mask_addresses,
]


def renderers(style: str) -> list[Processor]:
    if style == "json":
        return [
            structlog.processors.ExceptionRenderer(TRACEBACK),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]


def configure(options: dict[str, Any]) -> None:
    """Sets up logging for this process; Django calls it with the setting LOGGING: `style` and `level`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            only_ends,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [structlog.stdlib.ExtraAdder(), *SHARED],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers(options["style"])],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {
                # Django's own handlers would say everything twice.
                "django": {"handlers": [], "level": options["level"], "propagate": True},
                "django.server": {"handlers": [], "level": options["level"], "propagate": True},
                # A refused host or a 404 is the visitor's mistake; the request line says it already.
                "django.request": {"level": "ERROR"},
                # "Task … received" and "succeeded" every 30 seconds, twice: django-structlog says it with its ids.
                "celery.worker.strategy": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
            },
        }
    )
