"""What happens by itself, and how often?"""

from __future__ import annotations

from typing import Any

# A sweep does not wait for a slow mail server, nor a mail for a receiver of webhooks that says nothing: what hands over
# has a queue of its own, and webhooks a worker of their own. An export of an hour holds up nothing else either. All
# else is on "default".
QUEUES = {
    "milestones.tasks.deliver_mail": {"queue": "mail"},
    "milestones.tasks.deliver_webhooks": {"queue": "webhooks"},
    "milestones.tasks.send_webhooks": {"queue": "webhooks"},
    "milestones.tasks.run_job": {"queue": "jobs"},
    "milestones.tasks.run_waiting_jobs": {"queue": "jobs"},
}


def every(seconds: int, task: str) -> dict[str, Any]:
    """An entry whose message dies before the next one is sent: after a pause there is one to do, not a thousand."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds - 1}}


ENTRIES: dict[str, dict[str, Any]] = {
    # Takes the milestones whose next look has come and plans their reminders: a lost nudge costs a minute, not a mail.
    "sweep": every(60, "milestones.tasks.sweep"),
    # Hands over what is due in the outbox: also what a dead worker left behind, and what is to be tried again.
    "deliver_mail": every(30, "milestones.tasks.deliver_mail"),
    # The same for what goes to the webhooks of organisations.
    "deliver_webhooks": every(30, "milestones.tasks.deliver_webhooks"),
    # Tells other systems what changed, and tries again what they did not take: the first time after five seconds.
    "send_webhooks": every(5, "milestones.tasks.send_webhooks"),
    # Assesses the milestones whose day begins, and at once those whose dates, reports or predecessors moved.
    "assess_health": every(60, "milestones.tasks.assess_health"),
    # As the day begins in each time zone, queues for everybody's hour who is asked for a progress report.
    "ask_for_reports": every(300, "milestones.tasks.ask_for_reports"),
    # The same for who must decide on an extension today, or should have.
    "ask_for_decisions": every(300, "milestones.tasks.ask_for_decisions"),
    # The same for who records the readings of targets.
    "ask_for_readings": every(300, "milestones.tasks.ask_for_readings"),
    # As the last working day of a week begins in each time zone, queues its bulletin for everybody's hour.
    "send_bulletins": every(300, "milestones.tasks.send_bulletins"),
    # Mails the owner of an API client that has not fetched changes for longer than it promised.
    "watch_clients": every(300, "milestones.tasks.watch_clients"),
    # Runs the long work that people asked for, where its nudge was lost or its worker died.
    "run_waiting_jobs": every(60, "milestones.tasks.run_waiting_jobs"),
    # Drops what is older than the retention settings allow: once a day would do, but a beat that restarts counts anew.
    "forget": every(6 * 3600, "milestones.tasks.forget"),
    "anonymise_leavers": every(6 * 3600, "milestones.tasks.anonymise_leavers"),
    # Removes files of evidence that no row came to speak of within a day.
    "tidy_evidence": every(6 * 3600, "milestones.tasks.tidy_evidence"),
    # Numbers the change entries that were committed since, so that feeds can be followed without gaps.
    "publish_changes": every(60, "milestones.tasks.publish_changes"),
}
