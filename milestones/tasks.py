"""What does Celery run? Each task is one domain call, safe to run twice.

Queues and the schedule stand in lingang/schedule.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from milestones import long_work
from milestones.actors import Actor
from milestones.bulletins import asking as bulletins
from milestones.changes import publish
from milestones.clients import watching
from milestones.evidence import store
from milestones.exchange.imports import operations as imports
from milestones.extensions import asking as decisions
from milestones.jobs import queue, running
from milestones.models import Channel, Job
from milestones.people import privacy
from milestones.planning import assessing
from milestones.planning.calendars import calendar
from milestones.reminders import delivery, digests, engine
from milestones.status_reports import asking as reports
from milestones.targets import asking as readings
from milestones.upkeep import pulse, retention
from milestones.webhooks import delivery as webhooks
from milestones.webhooks import fan_out

log = structlog.get_logger(__name__)


@shared_task
def sweep() -> None:
    """Plan what is due, queue the mails whose hour has come, and let the mail queue know batch by batch."""
    engine.sweep(timezone.now(), crew=CREW)
    pulse.tell()


@shared_task
def look_at_chunks(*, now: str) -> None:
    """Help the sweep of `now`: many milestones are due."""
    engine.help_out(datetime.fromisoformat(now), CREW)


@shared_task
def compose_digests(*, now: str, people: list[str]) -> None:
    """Compose the digests of these people: many are due."""
    digests.compose_for([UUID(person) for person in people], datetime.fromisoformat(now), calendar(), nudge_delivery)


@shared_task
def deliver_mail() -> None:
    delivery.deliver(timezone.now)


@shared_task
def deliver_webhooks() -> None:
    delivery.deliver(timezone.now, channel=Channel.WEBHOOK)


@shared_task
def send_webhooks() -> None:
    """Turn what changed into messages to other systems' endpoints, and send what is due."""
    fan_out.fan_out(now=timezone.now())
    webhooks.deliver(timezone.now)


@shared_task
def assess_health() -> None:
    """Bring the health of milestones up to date: those whose day begins, and those that something moved."""
    assessing.assess(timezone.now())


@shared_task
def ask_for_reports() -> None:
    """Queue today's mails about reports that are expected."""
    reports.ask(timezone.now())


@shared_task
def ask_for_decisions() -> None:
    """Queue today's mails about extensions whose answer is due."""
    decisions.ask(timezone.now())


@shared_task
def ask_for_readings() -> None:
    """Queue today's mails about targets' readings that are expected."""
    readings.ask(timezone.now())


@shared_task
def send_bulletins() -> None:
    """Queue the weekly bulletin on the last working day of the week."""
    bulletins.ask(timezone.now())


@shared_task
def tidy_evidence() -> None:
    """Files that were received for a verb which then was refused or rolled back."""
    store.tidy(timezone.now())


@shared_task
def publish_changes() -> None:
    publish.publish_all()


@shared_task
def watch_clients() -> None:
    """Tell the owners of clients that promised to come and do not."""
    watching.watch(timezone.now())


@shared_task(soft_time_limit=540, time_limit=570)  # shorter than the broker waits for an answer
def run_job(*, job: str) -> None:
    """Long work that somebody asked for: an export, an import, a change of many."""
    running.run(UUID(job), long_work.KINDS, timezone.now)


@shared_task
def run_waiting_jobs() -> None:
    """Those whose nudge was lost, and those whose worker died."""
    for pk in queue.look(timezone.now()):
        run_job.apply_async(kwargs={"job": str(pk)}, expires=HELP_WITHIN)


@shared_task
def forget() -> None:
    """Old mails' bodies, sessions that ended, what clients were refused, files of long work, imports nobody decided."""
    queue.forget(timezone.now())
    retention.forget(timezone.now())
    imports.forget(timezone.now())


@shared_task
def anonymise_leavers() -> None:
    """Those who left longer ago than ANONYMISE_AFTER_DAYS, when that is set."""
    privacy.anonymise_leavers(actor=Actor.system(), now=timezone.now())


def nudge_job(job: Job) -> None:
    """To be called after the commit of what asked for it; a lost nudge costs until the next look of the schedule."""
    try:
        run_job.delay(job=str(job.pk))
    except OperationalError:
        log.warning("nudge_lost")


def nudge_delivery() -> None:
    """Ask for a delivery now; a lost nudge costs until the next scheduled one, not a mail."""
    try:
        deliver_mail.delay()
    except OperationalError:
        log.warning("nudge_lost")


def call_for_looks(now: datetime, count: int) -> None:
    """Lost calls cost time, not looks: whoever sweeps goes on alone."""
    try:
        for _each in range(count):
            look_at_chunks.apply_async(kwargs={"now": now.isoformat()}, expires=HELP_WITHIN)
    except OperationalError:
        log.warning("nudge_lost")


def call_for_digests(now: datetime, people: list[Any]) -> None:
    """Those of a lost call are composed by the next sweep."""
    try:
        kwargs = {"now": now.isoformat(), "people": [str(person) for person in people]}
        compose_digests.apply_async(kwargs=kwargs, expires=HELP_WITHIN)
    except OperationalError:
        log.warning("nudge_lost")


HELP_WITHIN = 55  # seconds; the next sweep calls again
CREW = engine.Crew(look=call_for_looks, compose=call_for_digests, deliver=nudge_delivery)
