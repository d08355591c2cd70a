"""What each person wants to be told; rows only of what they have said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.notification_preferences import Preferences, Quiet
from core.notifications import Channel, Kind
from data.tables import NotificationChoice, NotificationSettings

# One array rather than IN: a placeholder for each of a thousand people takes long to parse.
_THESE = any_(bindparam("these", type_=ARRAY(Uuid)))


def read(session: Session, user_id: UUID) -> Preferences:
    return read_many(session, [user_id])[user_id]


def read_many(session: Session, user_ids: Collection[UUID]) -> Mapping[UUID, Preferences]:
    """Of each of these people."""
    choices: defaultdict[UUID, dict[tuple[Kind, Channel], bool]] = defaultdict(dict)
    chosen = session.execute(
        select(
            NotificationChoice.user_id,
            NotificationChoice.kind,
            NotificationChoice.channel,
            NotificationChoice.is_wanted,
        ).where(NotificationChoice.user_id == _THESE),
        {"these": list(user_ids)},
    )
    for user_id, kind, channel, is_wanted in chosen:
        choices[user_id][kind, channel] = is_wanted
    said = session.execute(
        select(
            NotificationSettings.user_id,
            NotificationSettings.time_zone,
            NotificationSettings.quiet_from,
            NotificationSettings.quiet_until,
            NotificationSettings.paused_until,
        ).where(NotificationSettings.user_id == _THESE),
        {"these": list(user_ids)},
    )
    found = {user_id: Preferences(choices=choices.get(user_id, {})) for user_id in user_ids}
    for user_id, time_zone, begins, ends, paused_until in said:
        quiet = None if begins is None or ends is None else Quiet(begins, ends)
        found[user_id] = replace(
            found[user_id], time_zone=time_zone, quiet=quiet, paused_until=paused_until
        )
    return found


def write(session: Session, user_id: UUID, preferences: Preferences) -> None:
    """Keep all of it; choices that are not named stay as they are."""
    quiet = preferences.quiet
    values = {
        "time_zone": preferences.time_zone,
        "quiet_from": quiet.begins if quiet else None,
        "quiet_until": quiet.ends if quiet else None,
        "paused_until": preferences.paused_until,
    }
    session.execute(
        insert(NotificationSettings)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(index_elements=[NotificationSettings.user_id], set_=values)
    )
    for (kind, channel), is_wanted in preferences.choices.items():
        choose(session, user_id, kind, channel, is_wanted=is_wanted)


def choose(
    session: Session, user_id: UUID, kind: Kind, channel: Channel, *, is_wanted: bool
) -> None:
    session.execute(
        insert(NotificationChoice)
        .values(user_id=user_id, kind=kind, channel=channel, is_wanted=is_wanted)
        .on_conflict_do_update(
            index_elements=[
                NotificationChoice.user_id,
                NotificationChoice.kind,
                NotificationChoice.channel,
            ],
            set_={"is_wanted": is_wanted},
        )
    )


def learn_time_zone(session: Session, user_id: UUID, name: str) -> bool:
    """Keep the zone if none is known yet; whether it was news."""
    learnt = session.scalar(
        insert(NotificationSettings)
        .values(user_id=user_id, time_zone=name)
        .on_conflict_do_update(
            index_elements=[NotificationSettings.user_id],
            set_={"time_zone": name},
            where=NotificationSettings.time_zone.is_(None),
        )
        .returning(NotificationSettings.user_id)
    )
    return learnt is not None
