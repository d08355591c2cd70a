"""What one person wants to be told, by which channel, and when not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from core import clocks
from core.notifications import FACTS, Channel, Kind

UNTIL_RESUMED = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Quiet:
    """Hours of each day without e-mail, on the person's clock. May go over midnight."""

    begins: time
    ends: time


@dataclass(frozen=True)
class Preferences:
    time_zone: str | None = None  # IANA; None: not known yet, UTC counts
    quiet: Quiet | None = None
    paused_until: datetime | None = None
    # What the person has said; elsewhere the default of the kind holds.
    choices: Mapping[tuple[Kind, Channel], bool] = field(default_factory=dict)

    def is_on(self, kind: Kind, channel: Channel) -> bool:
        """Whether the person wants news of this kind by this channel, pauses aside."""
        facts = FACTS[kind]
        if channel is Channel.APP and facts.is_mandatory:
            return True
        return self.choices.get((kind, channel), channel is Channel.APP or facts.by_mail)

    def is_paused(self, kind: Kind, now: datetime) -> bool:
        """Whether news of this kind shall wait to be looked up rather than call."""
        if self.paused_until is None or FACTS[kind].is_mandatory:
            return False
        return now < self.paused_until

    def wants(self, kind: Kind, channel: Channel, now: datetime) -> bool:
        return self.is_on(kind, channel) and not self.is_paused(kind, now)

    def mail_from(self, kind: Kind, now: datetime) -> datetime | None:
        """The end of the quiet hours that it is now; None: mail may go. Security never waits."""
        if self.quiet is None or FACTS[kind].is_mandatory:
            return None
        there = clocks.zone(self.time_zone)
        return clocks.span_ends(now, self.quiet.begins, self.quiet.ends, there)
