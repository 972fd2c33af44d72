"""A folder of an admin's own templates, and a server that serves them."""

from datetime import timedelta
from pathlib import Path

from infrastructure.database.engine import Database
from provisioning.access.tokens import Tokens
from provisioning.clients.check import INTERVAL, TemplateWatcher
from provisioning.clients.scripts import TEMPLATES, Scripts
from provisioning.clients.templates.last_good import LastGood
from provisioning.munki import Destination, MunkiRepo
from tests.support.installation import CHANNEL, SECRET_KEY

LONDON, PARIS = Destination("london", "design"), Destination("paris", "kiosk")
GOOD = '{% extends "base.sh.j2" %}\n{% block after %}\necho one\n{% endblock %}\n'
BROKEN = '{% extends "base.sh.j2" %}\n{% block after %}\n\nif true; then\n{% endblock %}\n'


class Server:
    """A server process, as far as its scripts go; its clock is the test's."""

    def __init__(self, database: Database, repo: MunkiRepo, folder: Path) -> None:
        self._now = 0.0
        tokens = Tokens(SECRET_KEY, timedelta(hours=1))
        last_good = LastGood(database, repo, CHANNEL, TEMPLATES)
        self._scripts = Scripts(
            "http://mac.lan", tokens, folder, last_good, clock=lambda: self._now
        )
        self._watch = TemplateWatcher([self._scripts.catalog])

    def look(self) -> None:
        """Check the templates, as a server does every few seconds."""
        self._now += INTERVAL
        self._watch.look()

    def script(self, to: Destination = LONDON) -> str:
        return self._scripts.script_for(to)


class Templates:
    """A folder of an admin's own templates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str | bytes) -> None:
        path = self.folder / f"{name}.sh.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def remove(self, name: str) -> None:
        (self.folder / f"{name}.sh.j2").unlink()
