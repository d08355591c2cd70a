"""The tables, one file a noun. Everybody imports them from here, so that none is forgotten."""

from __future__ import annotations

from data.base import Base
from data.tables.accounts_and_checks import (
    FACE,
    AnalysisResult,
    AuditEvent,
    AuthSession,
    Consent,
    Erasure,
    MetricScore,
    Photo,
    Shot,
    SignInAttempt,
    SignInTicket,
    User,
    UserKey,
)
from data.tables.advice import EarlierAdvice, HealthAnswers
from data.tables.analytics import (
    DailyMetric,
    DirtyDay,
    ReleasedIngredient,
    ReleasedMetric,
    ReleasedPair,
    ReleasedPeriod,
    ReleasedQuality,
    ReleasedRetention,
    SavedView,
)
from data.tables.audit import AuditLink, RecoveryCode, SecondFactor
from data.tables.break_glass import BreakGlass
from data.tables.consultations import (
    Absence,
    Consultation,
    ConsultationAttachment,
    ConsultationMessage,
    ConsultationPhoto,
)
from data.tables.mail import Mail, MailedLink, PendingAccount, VerifiedAddress
from data.tables.notifications import (
    KnownDevice,
    Notification,
    NotificationChoice,
    NotificationSettings,
    Reminder,
)
from data.tables.recalibrations import Recalibration
from data.tables.reviews import (
    AnswerDraft,
    AnswerTemplate,
    CaseGrading,
    CaseNote,
    CaseReading,
    CaseTime,
    MetricGrade,
    PhotoAnnotation,
    ReferralLetter,
    SeverityGrade,
)
from data.tables.routines import (
    DiaryEntry,
    Routine,
    RoutineBrake,
    RoutineStep,
    RoutineTick,
    Trial,
)
from data.tables.safety import RaisedFlag, SafetyAnswer
from data.tables.second_readings import SecondReading

__all__ = [
    "FACE",
    "Absence",
    "AnalysisResult",
    "AnswerDraft",
    "AnswerTemplate",
    "AuditEvent",
    "AuditLink",
    "AuthSession",
    "Base",
    "BreakGlass",
    "CaseGrading",
    "CaseNote",
    "CaseReading",
    "CaseTime",
    "Consent",
    "Consultation",
    "ConsultationAttachment",
    "ConsultationMessage",
    "ConsultationPhoto",
    "DailyMetric",
    "DiaryEntry",
    "DirtyDay",
    "EarlierAdvice",
    "Erasure",
    "HealthAnswers",
    "KnownDevice",
    "Mail",
    "MailedLink",
    "MetricGrade",
    "MetricScore",
    "Notification",
    "NotificationChoice",
    "NotificationSettings",
    "PendingAccount",
    "Photo",
    "PhotoAnnotation",
    "RaisedFlag",
    "Recalibration",
    "RecoveryCode",
    "ReferralLetter",
    "ReleasedIngredient",
    "ReleasedMetric",
    "ReleasedPair",
    "ReleasedPeriod",
    "ReleasedQuality",
    "ReleasedRetention",
    "Reminder",
    "Routine",
    "RoutineBrake",
    "RoutineStep",
    "RoutineTick",
    "SafetyAnswer",
    "SavedView",
    "SecondFactor",
    "SecondReading",
    "SeverityGrade",
    "Shot",
    "SignInAttempt",
    "SignInTicket",
    "Trial",
    "User",
    "UserKey",
    "VerifiedAddress",
]
