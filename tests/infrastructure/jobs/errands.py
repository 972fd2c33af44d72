"""Errands for job runners, and helpers that count the jobs and sentences that they leave."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import Record
from provisioning.outbox import outbox
from provisioning.outbox.models import Notification

Fault = Callable[[], object]


class Errand:
    """Work that leaves a notification for each time it was done or given up."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.fault: Fault = lambda: None
        self.record_fault: Fault = lambda: None

    def do(self, facts: dict[str, Any]) -> Record:
        self.begun.append(facts["name"])
        self.fault()
        return self._told(f"done {facts['name']}")

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        return self._told(f"gave up {facts['name']}: {reason}")

    def _told(self, sentence: str) -> Record:
        def record(session: Session, now: datetime) -> None:
            outbox.enqueue_news(session, channel="C0IMAGING", sentence=sentence, at=now)
            self.record_fault()

        return record


def said(database: Database) -> list[str]:
    with database.reading() as session:
        rows = session.scalars(select(Notification.facts).order_by(Notification.id))
        return [facts["sentence"] for facts in rows]


def left(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job)) or 0


def fail() -> None:
    raise ValueError("the paper is torn")
