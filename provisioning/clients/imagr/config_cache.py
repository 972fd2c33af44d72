"""What Imagr is offered at this moment, and who hears of what it cannot be offered."""

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from infrastructure.database.engine import Database
from provisioning.clients.imagr.config import Config, Configs
from provisioning.outbox import outbox

KEPT = 8  # configs: one for all, and one for each site that has clients of its own
MOST_TOLD = 5  # faulty templates at a time; whoever fixes them sees the next ones


class ConfigCache:
    """Keeps each config for a minute: a lab that boots at once gets one that was made once."""

    def __init__(self, configs: Configs, database: Database, *, channel: str) -> None:
        self._configs = configs
        self._database = database
        self._channel = channel
        self._making = threading.Lock()
        self._kept = lru_cache(maxsize=KEPT)(self._made)

    def current(self, site: str | None = None) -> Config:
        """Return the config, of one site alone where `site` says which.

        The channel is told of templates that are faulty. Raises ConfigUnusable, RepoUnusable.
        """
        with self._making:
            return self._kept(site, int(time.time() / 60))

    def tell(self, sentences: Iterable[str]) -> None:
        """Have the channel told of what somebody has to fix; of each once a day."""
        at = datetime.now(UTC)
        with self._database.begin() as session:
            for sentence in sentences:
                outbox.owe_trouble(
                    session,
                    channel=self._channel,
                    facts={"sentence": sentence},
                    once=sentence,
                    at=at,
                )

    def _made(self, site: str | None, minute: int) -> Config:
        del minute
        config = self._configs.config(site)
        faults = {str(fault) for fault in (*config.faults.values(), *config.strays)}
        if faults:
            self.tell(sorted(faults)[:MOST_TOLD])
        return config
