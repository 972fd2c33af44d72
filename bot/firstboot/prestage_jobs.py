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
    """A job that writes manifests of registered Macs; `channel` hears of what has to be fixed.

    The next periodic task enqueues a Mac again whose manifest cannot be written yet.
    """

    def __init__(self, firstboot: FirstBootService, *, channel: str) -> None:
        self._firstboot = firstboot
        self._channel = channel

    def do(self, payload: dict[str, Any]) -> Record:
        """Write the manifests; `payload` holds the `serials` of registrations."""
        troubles = []
        for key in payload["serials"]:
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

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the channel that manifests are not written."""
        number = len(payload["serials"])
        return self._trouble([f"The manifests of {number} Macs cannot be written ahead: {reason}"])

    def _trouble(self, sentences: list[str]) -> Record:
        def record(session: Session, now: datetime) -> None:
            for sentence in sentences:
                outbox.enqueue_trouble(
                    session,
                    channel=self._channel,
                    sentence=sentence,
                    at=now,
                )

        return record
