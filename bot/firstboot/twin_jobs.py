"""The job that carries over a twin's entries into its Mac's manifest, or takes that back."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.firstboot import twin_blocks
from infrastructure.jobs.runner import Record
from provisioning.firstboot.decisions import twins
from provisioning.firstboot.decisions.carrying import TwinManifests
from provisioning.firstboot.models import Decision
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations.models import Operation
from provisioning.values.outsiders import addressee


class CarryOverJob:
    """A job that carries over a twin or takes it back; the thread of the Mac's card hears of it."""

    def __init__(self, manifests: TwinManifests) -> None:
        self._manifests = manifests

    def do(self, payload: dict[str, Any]) -> Record:
        """Carry over the twin of the operation whose id is the `act` of `payload`, or take it back.

        Raises what `TwinManifests.settle` raises.
        """
        registration, decision, act = self._manifests.settle(payload["act"])
        sentence = twin_blocks.done(decision, registration, act)

        def record(session: Session, now: datetime) -> None:
            card = session.get(Card, registration.card_id) if registration.card_id else None
            channel = card or registration.channel
            outbox.enqueue_news(session, channel=channel, sentence=sentence, at=now)

        return record

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the person that the manifest stays as it is; the question is asked again."""

        def record(session: Session, now: datetime) -> None:
            act = session.get_one(Operation, payload["act"])
            decision = session.get_one(Decision, (act.facts or {})["decision"])
            mac = twins.ask_again(session, decision.id, now)
            sentence = twin_blocks.failed(decision, mac, reason)
            channel = addressee(act.by, mac.channel)
            outbox.enqueue_news(session, channel=channel, sentence=sentence, at=now)

        return record
