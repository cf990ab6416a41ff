"""Which tables are there? One file a noun."""

from __future__ import annotations

from . import lookups as lookups
from .calendar_days import DayOverride
from .changes import ChangeEntry, Op, Via
from .date_revisions import DateRevision
from .evidence import Evidence
from .heartbeats import Heartbeat
from .looks import NextLook
from .mail import MailKind, MailState, OutgoingMail
from .milestones import (
    CLOSED_STATES,
    OPEN_STATES,
    REMINDED_STATES,
    TRANSITIONS,
    Kind,
    Milestone,
    State,
)
from .organisations import Organisation, OrganisationKind
from .parties import Party, PartyRole
from .people import Language, Person, Role, RoleGrant, normal_email
from .plans import Plan, PlanState, Workstream
from .reminders import (
    Anchor,
    Channel,
    DayUnit,
    Reminder,
    ReminderPolicy,
    ReminderState,
    ReminderStep,
    StepVersion,
    Suppression,
)
from .targets import Bound, Measure, Reading, Target

__all__ = [
    "CLOSED_STATES",
    "OPEN_STATES",
    "REMINDED_STATES",
    "TRANSITIONS",
    "Anchor",
    "Bound",
    "ChangeEntry",
    "Channel",
    "DateRevision",
    "DayOverride",
    "DayUnit",
    "Evidence",
    "Heartbeat",
    "Kind",
    "Language",
    "MailKind",
    "MailState",
    "Measure",
    "Milestone",
    "NextLook",
    "Op",
    "Organisation",
    "OrganisationKind",
    "OutgoingMail",
    "Party",
    "PartyRole",
    "Person",
    "Plan",
    "PlanState",
    "Reading",
    "Reminder",
    "ReminderPolicy",
    "ReminderState",
    "ReminderStep",
    "Role",
    "RoleGrant",
    "State",
    "StepVersion",
    "Suppression",
    "Target",
    "Via",
    "Workstream",
    "normal_email",
]
