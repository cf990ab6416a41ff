"""Which figures are there for Prometheus? Counted from the database when asked, so that every process says the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, QuerySet
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from milestones.models import (
    ChangeEntry,
    Heartbeat,
    Incident,
    MailGate,
    MailState,
    Milestone,
    OutgoingMail,
    Plan,
    Reminder,
    ReminderState,
)
from milestones.upkeep.condition import delivery_limit, sweep_limit


def registry(now: datetime) -> CollectorRegistry:
    found = CollectorRegistry(auto_describe=False)
    found.register(Figures(now))
    return found


class Figures(Collector):
    def __init__(self, now: datetime) -> None:
        self.now = now

    def describe(self) -> list[Metric]:
        """Nothing: asked at registration, when counting would be too early."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield by_state("lingang_mails", "Mails in the outbox", OutgoingMail.objects.all(), MailState.values)
        yield by_state("lingang_reminders", "Rows of the ledger", Reminder.objects.all(), ReminderState.values)
        yield GaugeMetricFamily("lingang_oldest_due_mail_age_seconds", "0 when none is due", self.oldest_due())
        unpublished = ChangeEntry.objects.filter(seq__isnull=True).count()
        yield GaugeMetricFamily("lingang_changes_unpublished", "Change entries without a number", unpublished)
        yield self.heartbeats()
        yield from silence()
        yield from self.milestones()

    def oldest_due(self) -> float:
        due = OutgoingMail.objects.waiting().filter(due_at__lt=self.now).aggregate(at=Min("due_at"))["at"]
        return (self.now - due).total_seconds() if due else 0.0

    def heartbeats(self) -> Metric:
        family = GaugeMetricFamily("lingang_last_run_age_seconds", "Since a job last did its work", labels=["job"])
        for name, at in Heartbeat.objects.exclude(name__contains=":").values_list("name", "at"):
            family.add_metric([name], (self.now - at).total_seconds())
        return family

    def milestones(self) -> Iterator[Metric]:
        """Per active plan; overdue as of the plan's own today."""
        names = {
            "open": "Open milestones",
            "overdue": "Open milestones past their due day",
            "unassigned": "Open milestones of nobody",
        }
        families = {
            name: GaugeMetricFamily(f"lingang_milestones_{name}", f"{words}, by active plan", labels=["plan"])
            for name, words in names.items()
        }
        for plan in Plan.objects.active():
            rows = Milestone.objects.filter(plan=plan)
            today = self.now.astimezone(ZoneInfo(plan.time_zone)).date()
            counted = {"open": rows.open(), "overdue": rows.overdue(today), "unassigned": rows.open().unassigned()}
            for name, found in counted.items():
                families[name].add_metric([plan.code], found.count())
        yield from families.values()


def silence() -> Iterator[Metric]:
    """What is held against the ages of the jobs, and whether somebody already said that it is too much."""
    limits = GaugeMetricFamily(
        "lingang_late_after_seconds", "Older than this, a job's last run is late", labels=["job"]
    )
    for job, limit in {"sweep": sweep_limit(), "delivery": delivery_limit()}.items():
        limits.add_metric([job], limit.total_seconds())
    yield limits
    incident = Incident.objects.filter(is_open=True).exists()
    yield GaugeMetricFamily("lingang_incident_open", "1 while reminders do not leave", float(incident))
    paused = MailGate.objects.filter(paused_at__isnull=False).exists()
    yield GaugeMetricFamily("lingang_mail_paused", "1 while somebody has paused mail", float(paused))


def by_state(name: str, words: str, rows: QuerySet, states: list[str]) -> Metric:
    """A figure a state, 0 included: an absent line would look like a broken scrape."""
    found = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    family = GaugeMetricFamily(name, f"{words}, by state", labels=["state"])
    for state in states:
        family.add_metric([state], found.get(state, 0))
    return family
