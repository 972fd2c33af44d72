"""Records of jobs whose result is a message, or nothing: it is enqueued with the end of the job."""

from datetime import datetime

from sqlalchemy.orm import Session

from infrastructure.jobs.runner import Record
from provisioning.outbox import outbox


def nothing(_: Session, __: datetime) -> None:
    """A record of a job that has no message."""


def news(channel: str, sentence: str) -> Record:
    """Return the record that tells `channel`, which may be a person, a sentence in markup."""

    def record(session: Session, now: datetime) -> None:
        outbox.enqueue_news(session, channel=channel, sentence=sentence, at=now)

    return record


def file(channel: str, name: str, content: bytes, sentence: str, *, alt: str = "") -> Record:
    """Return the record that sends `channel` a file beside a sentence in markup.

    `alt` describes a picture in words.
    """

    def record(session: Session, now: datetime) -> None:
        outbox.enqueue_file(
            session, channel=channel, name=name, content=content, sentence=sentence, at=now, alt=alt
        )

    return record
