"""Changes in a folder of a repo since an earlier look at it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

SECOND = 1_000_000_000  # nanoseconds
TICK = 3 * SECOND  # the coarsest times of files there are: of FAT, and of some mounts
SETTLING_TIME = 60 * SECOND  # after which nothing more happens in the tick of the newest file


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes in a folder since a token was made, and the `token` of this moment.

    `names` are the files that changed, perhaps with a few that did not, as paths from the folder;
    None where the store cannot tell, so that all of them may have. `present` are all the files
    there are; None where `names` has those that are gone, too.
    """

    names: Sequence[str] | None
    token: str
    present: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Authorship:
    """The last change of a file: the name of its author, and the moment."""

    by: str
    at: datetime


def by_times(times: Iterable[tuple[str, int]], since: str | None, now: int) -> Changes:
    """Return the changes by the times of all files, in nanoseconds, as the store's clock has them.

    `now` is the time by our own clock. A token is the time of the newest file: our clock and the
    store's may differ. One from a clock that was ahead for a while counts as `now`.
    """
    dated = dict(times)
    newest = min(max(dated.values(), default=0), now)
    token = str(newest if now - newest > SETTLING_TIME else newest - TICK)
    if since is None or not since.isdecimal():
        return Changes(None, token)
    return Changes([name for name, at in dated.items() if at > int(since)], token, dated.keys())
