"""A cache of first-boot scripts: a lab that boots at once gets one that was made once."""

from threading import Lock

from cachetools import TTLCache, cached

from provisioning.clients.scripts import Scripts
from provisioning.munki import Destination, RepoView

MAX_AGE = 20  # seconds; a template that changed is served within a minute


class ScriptCache:
    """The scripts by site, build and allowed site, each kept for MAX_AGE. Threads may share one.

    A script is kept no longer than the window of its token: a clock that is set, or a machine
    that slept, would otherwise leave Macs with a token that is too old.
    """

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._made = cached(TTLCache(1024, MAX_AGE), lock=Lock())(self._make)

    def script(self, repo: RepoView, destination: Destination, allowed_site: str | None) -> bytes:
        """Return the script for a destination, which is read as a place of `repo`, or is nowhere.

        Raises UnknownDestination, UnusableTemplate.
        """
        return self._made(repo, destination, allowed_site, self._scripts.this_window())

    def _make(
        self, repo: RepoView, destination: Destination, allowed_site: str | None, window: int
    ) -> bytes:
        if not destination.is_nowhere:
            destination = repo.exact_destination(destination.site, destination.build)
        return self._scripts.script_for(
            destination, window=window, allowed_site=allowed_site
        ).encode()
