"""The job that writes manifests before their Macs boot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from infrastructure.jobs.runner import Record
from infrastructure.text import counted
from provisioning.firstboot.service import FirstBootService
from provisioning.munki.errors import (
    BadInclude,
    LayoutChanged,
    ManifestUnreadable,
    NotServedYet,
    RepoUnusable,
)
from provisioning.munki.layout.ownership import TwoOfAKind
from provisioning.outbox import outbox
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.values.serials import Serial

log = structlog.get_logger()


class PrestageJob:
    """A job that writes manifests of registered Macs; `channel` gets the faults to fix.

    The next periodic task enqueues a Mac again whose manifest cannot be written yet.
    """

    def __init__(self, firstboot: FirstBootService, *, channel: str) -> None:
        self._firstboot = firstboot
        self._channel = channel

    def do(self, payload: dict[str, Any]) -> Record:
        """Write the manifests; `payload` holds the `serials` of registrations."""
        troubles = dict[str, str]()  # by their keys: each is sent once
        for key in payload["serials"]:
            with structlog.contextvars.bound_contextvars(serial=key):
                try:
                    self._firstboot.prestage(Serial.parse(key))
                except (ManifestUnreadable, BadInclude) as error:
                    troubles[str(error)] = error.sentence
                except LayoutChanged as error:
                    troubles[error.key] = error.sentence
                except RepoUnusable as error:
                    troubles[str(error)] = error.sentence
                    break
                except (NotRegistered, NotServedYet, RegistrationChanged, TwoOfAKind) as error:
                    log.info("not prestaged yet", reason=str(error))
        return self._trouble(troubles)

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the channel that manifests are not written."""
        number = len(payload["serials"])
        sentence = counted(
            "The manifest of {number} Mac cannot be written ahead: {reason}",
            "The manifests of {number} Macs cannot be written ahead: {reason}",
            number,
            reason=reason,
        )
        return self._trouble({str(sentence): sentence})

    def _trouble(self, sentences: Mapping[str, str]) -> Record:
        def record(session: Session, now: datetime) -> None:
            for key, sentence in sentences.items():
                outbox.enqueue_trouble(
                    session, channel=self._channel, sentence=sentence, key=key, at=now
                )

        return record
