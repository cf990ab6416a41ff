"""Which tables are there? One file a noun."""

from __future__ import annotations

from . import lookups as lookups
from .calendar_days import DayOverride
from .changes import ChangeEntry, Op, Via
from .channels import OrganisationWebhook
from .clients import ApiClient, ApiToken, ClientActivity, ClientHour, Scope
from .comments import Comment, CommentMention, Watch
from .date_revisions import DateRevision
from .delegations import Delegation
from .dependencies import Dependency
from .evidence import EVIDENCE_TRANSITIONS, STANDING_STATES, Evidence, EvidenceState
from .extensions import Extension, ExtensionState
from .external_refs import ExternalRef
from .feeds import CalendarFeed
from .following import FeedEpoch, Follower
from .health import HealthOverride
from .heartbeats import Heartbeat
from .idempotency import IdempotencyRecord
from .imports import ImportBatch, ImportRow, ImportState, RowOutcome, RowStatus
from .incidents import Incident
from .intake_texts import IntakeText
from .jobs import Job, JobState
from .link_uses import LinkUse
from .looks import NextAssessment, NextLook
from .mail import MailKind, MailState, OutgoingMail
from .mail_gate import MailGate, MailWindow
from .milestones import (
    CLOSED_STATES,
    OPEN_STATES,
    REMINDED_STATES,
    TRANSITIONS,
    Health,
    Kind,
    Milestone,
    State,
)
from .mirroring import Direction, SyncLink, SyncPair, SyncTrouble
from .notices import NOTICE_TRANSITIONS, OPEN_NOTICES, Notice, NoticeLevel, NoticeNumber, NoticeState
from .organisations import Organisation, OrganisationKind
from .parties import Party, PartyRole
from .people import DigestFrequency, Language, Person, Role, RoleGrant, normal_email
from .plans import Plan, PlanState, ReportCadence, Workstream
from .refusals import GuardRefusal
from .reminders import (
    ASKING_ANCHORS,
    Anchor,
    Audience,
    Channel,
    DayUnit,
    Level,
    Reminder,
    ReminderPolicy,
    ReminderState,
    ReminderStep,
    StepVersion,
    Suppression,
)
from .report_drafts import ReportDraft
from .saved_views import SavedView
from .seals import HistorySeal
from .sign_ins import FirstPassword, Happening, SecondFactorDemand, SignIn
from .status_reports import REPORT_TRANSITIONS, REPORTED_STATES, UNWRITTEN_STATES, ReportState, StatusReport
from .targets import Bound, Measure, Reading, Target
from .webhooks import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "ASKING_ANCHORS",
    "CLOSED_STATES",
    "EVIDENCE_TRANSITIONS",
    "NOTICE_TRANSITIONS",
    "OPEN_NOTICES",
    "OPEN_STATES",
    "REMINDED_STATES",
    "REPORTED_STATES",
    "REPORT_TRANSITIONS",
    "STANDING_STATES",
    "TRANSITIONS",
    "UNWRITTEN_STATES",
    "Anchor",
    "ApiClient",
    "ApiToken",
    "Audience",
    "Bound",
    "CalendarFeed",
    "ChangeEntry",
    "Channel",
    "ClientActivity",
    "ClientHour",
    "Comment",
    "CommentMention",
    "DateRevision",
    "DayOverride",
    "DayUnit",
    "Delegation",
    "DeliveryState",
    "Dependency",
    "DigestFrequency",
    "Direction",
    "Evidence",
    "EvidenceState",
    "Extension",
    "ExtensionState",
    "ExternalRef",
    "FeedEpoch",
    "FirstPassword",
    "Follower",
    "GuardRefusal",
    "Happening",
    "Health",
    "HealthOverride",
    "Heartbeat",
    "HistorySeal",
    "IdempotencyRecord",
    "ImportBatch",
    "ImportRow",
    "ImportState",
    "Incident",
    "IntakeText",
    "Job",
    "JobState",
    "Kind",
    "Language",
    "Level",
    "LinkUse",
    "MailGate",
    "MailKind",
    "MailState",
    "MailWindow",
    "Measure",
    "Milestone",
    "NextAssessment",
    "NextLook",
    "Notice",
    "NoticeLevel",
    "NoticeNumber",
    "NoticeState",
    "Op",
    "Organisation",
    "OrganisationKind",
    "OrganisationWebhook",
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
    "ReportCadence",
    "ReportDraft",
    "ReportState",
    "Role",
    "RoleGrant",
    "RowOutcome",
    "RowStatus",
    "SavedView",
    "Scope",
    "SecondFactorDemand",
    "SignIn",
    "State",
    "StatusReport",
    "StepVersion",
    "Suppression",
    "SyncLink",
    "SyncPair",
    "SyncTrouble",
    "Target",
    "Via",
    "Watch",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "Workstream",
    "normal_email",
]
