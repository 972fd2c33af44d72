"""The computer names that Macs' scripts ask for; a name that a pattern makes is stored."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.firstboot.replacements import replacing
from provisioning.munki import MunkiRepo
from provisioning.policy import PolicyFile
from provisioning.registrations import queries
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import Registration
from provisioning.registrations.names import generated_names, name_clashes
from provisioning.values.serials import Serial


class ComputerNames:
    """Computer names of registered Macs; a name that a pattern makes is stored."""

    def __init__(self, database: Database, repo: MunkiRepo, policy: PolicyFile) -> None:
        self._database, self._repo, self._policy = database, repo, policy

    def registered(self, serial: Serial) -> Registration:
        """Return the registration of a Mac. Raises NotRegistered."""
        with self._database.reading() as session:
            return _registered(session, serial)

    def of(self, registration: Registration) -> str | None:
        """Return the name of a registered Mac, None without one. Raises ComputerNameClashes."""
        if not generated_names.is_to_be_named(self._policy.policy, registration):
            return self._stored_name(registration)
        # Outside of the transaction, which others wait for.
        namesakes = self._repo.now().namesakes()
        with self._database.begin() as session:
            mac = _registered(session, Serial(registration.serial))
            return generated_names.name_for(
                session, self._policy.policy, mac, namesakes, datetime.now(UTC)
            )

    def _stored_name(self, mac: Registration) -> str | None:
        """The stored name of a Mac, unless there is a manifest of that name."""
        if mac.called is None:
            return None
        with self._database.reading() as session:
            clash = name_clashes.clash_of(
                session, self._repo.now().namesake, Serial(mac.name), mac.called
            )
        if clash is not None and clash.is_sure:
            raise name_clashes.ComputerNameClashes(mac.name, mac.called, clash.why)
        return mac.called


def _registered(session: Session, serial: Serial) -> Registration:
    """Return the registration of a Mac, also by the former serial of its swapped board.

    Raises NotRegistered. It names no near misses, which are for people and cost a search; a script
    asks at each boot.
    """
    registration = queries.find_open(session, serial)
    if registration is None and (new := replacing.answered_as(session, serial)) is not None:
        registration = queries.find_open(session, new)
    if registration is None:
        raise NotRegistered(serial.text)
    return registration
