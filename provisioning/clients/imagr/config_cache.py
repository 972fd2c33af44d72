"""A cache of Imagr's configs; it notifies the channel of templates that are faulty."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime

from cachetools import TTLCache

from infrastructure.database.engine import Database
from provisioning.clients.imagr.config import Config, Configs
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.outbox import outbox

MAX_AGE = 60.0  # seconds: a lab that boots at once gets one that was made once
MAX_CONFIGS = 8  # one for all, and one for each site that has clients of its own
MAX_REPORTED = 5  # faulty templates at a time; an admin who fixes them sees the next ones


class ConfigCache:
    """The configs that Imagr is sent, each kept for MAX_AGE. Threads may share one.

    A config is kept no longer than the window of its tokens, as a script is.
    """

    def __init__(
        self, configs: Configs, tokens: ImagrTokens, database: Database, *, channel: str
    ) -> None:
        self._configs = configs
        self._tokens = tokens
        self._database = database
        self._channel = channel
        self._making = threading.Lock()
        self._kept: TTLCache[tuple[str | None, str, int], Config] = TTLCache(MAX_CONFIGS, MAX_AGE)

    def current(self, site: str | None = None) -> Config:
        """Return the config, of one `site` alone where it is given.

        The channel is notified of faulty templates. Raises ConfigUnusable, RepoUnusable.
        """
        with self._making:
            key = site, self._configs.layout, self._tokens.this_window()
            if (config := self._kept.get(key)) is None:
                config = self._kept[key] = self._made(site)
            return config

    def tell(self, sentences: Iterable[str]) -> None:
        """Enqueue messages to the channel about faults to fix; each once a day."""
        at = datetime.now(UTC)
        with self._database.begin() as session:
            for sentence in sentences:
                outbox.enqueue_trouble(session, channel=self._channel, sentence=sentence, at=at)

    def _made(self, site: str | None) -> Config:
        config = self._configs.config(site)
        sentences = {str(error) for error in config.faults}
        if sentences:
            self.tell(sorted(sentences)[:MAX_REPORTED])
        return config
