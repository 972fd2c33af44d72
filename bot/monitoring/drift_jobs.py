"""The job that restores a manifest to what its Mac's registration says."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import Record
from infrastructure.text import Sentence
from provisioning.monitoring.drift import remedies
from provisioning.munki import MunkiRepo
from provisioning.outbox import outbox
from provisioning.policy import PolicyFile
from provisioning.values.language import marked
from provisioning.values.outsiders import addressee
from provisioning.values.slack import escape

_NOT_BACK = marked("The manifest of `{name}` was not put back: {reason}")
_NOT_ALL = marked(
    "Not all manifests were put back; the message about them asks again. The first is that of "
    "`{name}`: {reason}"
)


class PutBackJob:
    """A job that puts a manifest back; the message about its drift says that it is done."""

    def __init__(self, database: Database, repo: MunkiRepo, policy: PolicyFile) -> None:
        self._database, self._repo, self._policy = database, repo, policy

    def do(self, payload: dict[str, Any]) -> Record:
        """Put a manifest back; `payload` are the `drift`, `by` (a person) and `via`, the way.

        Where the person had several put back at once, `press` is the same for all of them.

        Raises what `remedies.put_back` raises.
        """
        drift_id, by, via = payload["drift"], payload["by"], payload.get("via", remedies.BUTTON)
        written = remedies.put_back(
            self._database, self._repo, self._policy.policy, drift_id, by=by, via=via
        )

        def record(session: Session, now: datetime) -> None:
            if written is not None:
                remedies.record_put_back(session, drift_id, written, by=by, via=via, at=now)

        return record

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the person that the manifest stays as it is; the message asks again.

        Of several that they had put back at once, they hear of the first only: where the
        repo is read-only, all of them fail.
        """
        press = payload.get("press")

        def record(session: Session, now: datetime) -> None:
            mac = remedies.keep_open(session, payload["drift"], now)
            outbox.enqueue_news(
                session,
                channel=addressee(payload["by"], mac.channel),
                sentence=Sentence(
                    _NOT_ALL if press else _NOT_BACK, name=mac.name, reason=escape(reason)
                ),
                at=now,
                dedup_key=f"not put back {press}" if press else None,
            )

        return record
