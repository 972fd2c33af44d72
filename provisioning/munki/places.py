"""The sites and builds that exist, for looking up any number of names."""

from difflib import get_close_matches
from functools import cached_property, lru_cache

from infrastructure.text import folded
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.namesakes import Look

MOST_ADVISED = 50  # unknown names that get the nearest ones: comparing takes its time


class Places:
    """The sites and builds of the Munki repo at one moment. Raises RepoUnusable when made."""

    def __init__(self, repo: MunkiRepo) -> None:
        self.sites, self.builds = repo.sites(), repo.builds()
        self._repo = repo
        self._known = {
            "site": {folded(name): name for name in self.sites},
            "build": {folded(name): name for name in self.builds},
        }
        self._advised = 0
        self.look_up = lru_cache(maxsize=10_000)(self._look_up)

    @cached_property
    def namesakes(self) -> Look:
        """What finds manifests by host names; the folder is listed for the first who asks."""
        return self._repo.namesakes()

    def _look_up(self, site: str | None, build: str | None) -> Destination | str:
        """Return where these names lead, or in plain words why nowhere."""
        missing = [kind for kind, name in (("site", site), ("build", build)) if not name]
        if missing or not site or not build:
            return f"names no {' and no '.join(missing)}"
        found = self._known["site"].get(folded(site)), self._known["build"].get(folded(build))
        if found[0] is not None and found[1] is not None:
            return Destination(found[0], found[1])
        kind, name = ("build", build) if found[0] is not None else ("site", site)
        return (
            f"is for {name[:75]!r}, and there is no {kind} of that name{self._advice(kind, name)}"
        )

    def _advice(self, kind: str, name: str) -> str:
        self._advised += 1
        if self._advised > MOST_ADVISED:
            return ""
        known = self._known[kind]
        near = [known[one] for one in get_close_matches(folded(name), known)]
        return f"; did you mean {' or '.join(near)}?" if near else ""
