"""The job that writes manifests before their Macs boot."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from infrastructure.jobs.runner import Record
from provisioning.firstboot.service import FirstBootService
from provisioning.munki.errors import ManifestUnreadable, MissingInclude, NotServedYet, RepoUnusable
from provisioning.outbox import outbox
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.values.serials import Serial

log = structlog.get_logger()


class PrestageJob:
    """Writes the manifests of some registered Macs; `channel` hears of what is to be fixed.

    What cannot be written yet is owed again by the next round, as its Mac still waits.
    """

    def __init__(self, firstboot: FirstBootService, *, channel: str) -> None:
        self._firstboot = firstboot
        self._channel = channel

    def do(self, facts: dict[str, Any]) -> Record:
        """Write; `facts` are the `serials` of registrations."""
        troubles = []
        for key in facts["serials"]:
            with structlog.contextvars.bound_contextvars(serial=key):
                try:
                    self._firstboot.prestage(Serial.parse(key))
                except (ManifestUnreadable, MissingInclude) as error:
                    troubles.append(str(error))
                except RepoUnusable as error:
                    troubles.append(str(error))
                    break
                except (NotRegistered, NotServedYet, RegistrationChanged) as error:
                    log.info("not prestaged yet", reason=str(error))
        return self._trouble(troubles)

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Say that manifests are not written."""
        number = len(facts["serials"])
        return self._trouble([f"The manifests of {number} Macs cannot be written ahead: {reason}"])

    def _trouble(self, sentences: list[str]) -> Record:
        def record(session: Session, now: datetime) -> None:
            for sentence in sentences:
                outbox.enqueue_trouble(
                    session,
                    channel=self._channel,
                    payload={"sentence": sentence},
                    dedup_key=sentence,
                    at=now,
                )

        return record
