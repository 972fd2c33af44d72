"""An assignment of workflows to Macs, by the destinations for which these are registered."""

from infrastructure.database.engine import Database
from provisioning.clients.imagr.config_cache import ConfigCache
from provisioning.clients.imagr.templates import OVERRIDES
from provisioning.clients.imagr.workflows import MISSING
from provisioning.firstboot import placement
from provisioning.munki import Destination, MunkiRepo
from provisioning.registrations.errors import NotRegistered
from provisioning.values.serials import Serial

ATTEMPTS = 3  # at a Mac that a person registers at this moment


class Assignments:
    """An assignment of workflows to Macs that run Imagr. A repeated call gets the same answer.

    Unknown Macs get a card in `channel`.
    """

    def __init__(
        self, database: Database, repo: MunkiRepo, configs: ConfigCache, *, channel: str
    ) -> None:
        self._database = database
        self._repo = repo
        self._configs = configs
        self._channel = channel

    def workflow_for(self, serial: Serial) -> str:
        """Return the name of the workflow that a Mac runs, in ASCII.

        Where there is no workflow for its site and build, it is a hidden one that shows this on the
        Mac's screen, and the channel is notified. Raises NotRegistered for an unknown Mac that no
        bench takes; then it gets a card in the channel.
        """
        for _ in range(ATTEMPTS):
            try:
                return self._named(self._destination(serial))
            except NotRegistered:
                if not placement.place_unknown(self._database, serial, channel=self._channel):
                    raise
        raise NotRegistered(serial.text)

    def _destination(self, serial: Serial) -> Destination:
        with self._database.reading() as session:
            return placement.place(session, self._repo.now(), serial, None).destination

    def _named(self, destination: Destination) -> str:
        config = self._configs.current()
        if destination in config.names:
            return config.names[destination]
        error = config.faulty.get(destination)
        self._configs.tell([str(error) if error else _nothing_for(destination)])
        return MISSING


def _nothing_for(destination: Destination) -> str:
    build, site = destination.build, destination.site
    file = f"builds/{build}" if build else f"sites/{site}"
    return (
        f"A Mac for {destination} waits in Imagr, and no template says what to image there: write "
        f"{OVERRIDES}/{file}.plist into the folder ROLLCALL_TEMPLATES."
    )
