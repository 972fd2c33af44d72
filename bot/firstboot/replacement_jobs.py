"""The job that has manifests follow the replacement of a Mac or of its board."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from infrastructure.jobs.runner import Record
from infrastructure.text import Sentence
from provisioning.firstboot.replacements.manifests import ReplacedManifests
from provisioning.firstboot.replacements.models import Replacement
from provisioning.outbox import outbox, records
from provisioning.registrations.models import Registration
from provisioning.values.outsiders import addressee
from provisioning.values.slack import escape


class ReplacementJob:
    """A job that copies, compares or removes manifests of a replacement, as is due."""

    def __init__(self, manifests: ReplacedManifests) -> None:
        self._manifests = manifests

    def do(self, payload: dict[str, Any]) -> Record:
        """Have the manifests follow the `replacement` whose id is in `payload`.

        Raises what `ReplacedManifests.settle` raises.
        """
        self._manifests.settle(payload["replacement"])
        return records.nothing

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the person that the manifests stay as they are."""

        def record(session: Session, now: datetime) -> None:
            replacement = session.get_one(Replacement, payload["replacement"])
            replacement.ended_at = now
            sentence = Sentence(
                "`{old}` was replaced by `{new}`, and their manifests stay as they are: {reason} "
                "Look at both of them.",
                old=replacement.old_name,
                new=replacement.new_name,
                reason=escape(reason),
            )
            mac = session.get_one(Registration, replacement.registration_id)
            channel = addressee(replacement.by, mac.channel)
            outbox.enqueue_news(session, channel=channel, sentence=sentence, at=now)

        return record
