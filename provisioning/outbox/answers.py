"""Answers to messages that people write: claimed before the work is done, so each is given once.

Slack sends a message again where it was not acknowledged in time. The claim is a row of the
outbox, whose text says that the process was interrupted; the answer replaces that text.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import changed
from provisioning.outbox import outbox
from provisioning.outbox.models import ANSWER, Notification

ANSWER_TIMEOUT = timedelta(minutes=1)  # an answer is given, or it is said that there is none


def claim(
    session: Session, once: str, *, channel: str, payload: Mapping[str, Any], at: datetime
) -> bool:
    """Claim the answer to a message, which `once` names; False where it is claimed already.

    `payload` is what is sent where no other answer is given within ANSWER_TIMEOUT.
    """
    return outbox.enqueue_message(
        session,
        ANSWER,
        channel=channel,
        payload=dict(payload),
        at=at,
        dedup_key=once,
        due_at=at + ANSWER_TIMEOUT,
    )


def give(
    session: Session, once: str, *, channel: str, payload: Mapping[str, Any], at: datetime
) -> None:
    """Give the answer that was claimed; a late one follows the message that there was none."""
    claimed = update(Notification).where(Notification.once == once, Notification.attempts == 0)
    if not changed(session, claimed.values(facts=dict(payload), due_at=None)):
        enqueue(session, channel=channel, payload=payload, at=at)


def enqueue(session: Session, *, channel: str, payload: Mapping[str, Any], at: datetime) -> None:
    """Enqueue an answer that could not be shown where the person asked."""
    outbox.enqueue_message(session, ANSWER, channel=channel, payload=dict(payload), at=at)
