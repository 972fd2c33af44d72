"""The sites and builds that callers name, as far as the layout of the Munki repo has such."""

import structlog

from provisioning.munki import RepoView
from server.repeats import Repeats

LONGEST = 80  # characters of a name that are logged


class NamedPlaces:
    """A reader of the site and the build that a caller names."""

    def __init__(self) -> None:
        self._repeats = Repeats(structlog.get_logger().warning)

    def read(self, repo: RepoView, site: str, build: str) -> tuple[str, str]:
        """Return both names, empty where the layout of `repo` has no such kind.

        A name that is left out so is logged, once a minute for each.
        """
        kept = repo.layout.present(site, build)
        if kept[0] != site:
            value = site[:LONGEST]
            self._repeats.say(("site", value), "site ignored", site=value)
        if kept[1] != build:
            value = build[:LONGEST]
            self._repeats.say(("build", value), "build ignored", build=value)
        return kept
