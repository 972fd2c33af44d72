"""Pages: the time to their first byte, with filters and searches."""

from collections.abc import Iterator
from http import HTTPStatus

from tests.support.installation import Installation
from tools.bench.board.people import People
from tools.bench.harness.calls import call
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import percentile
from tools.bench.harness.table import Row

ORIGIN = "https://rollcall.example.com"
LIMIT = 150  # ms
PATHS = {
    "the board": "/board",
    "the board, a site": "/board?site=paris",
    "the board, a site and a build": "/board?site=london&build=design",
    "the board, a search that finds one": "/board?q=MAC0000123",
    "the board, a search that finds many": "/board?q=MAC00",
    "the board, a search that finds none": "/board?q=NOSUCH",
    "the board, a search among a site": "/board?site=paris&q=7",
    "the table, the first page": "/board/registrations",
    "the table, the last page": "/board/registrations?page=9999999",
    "the table, a site, the last page": "/board/registrations?site=paris&page=9999999",
    "the table, a search": "/board/registrations?q=7",
    "the table, in the order of sites": "/board/registrations?sort=site",
    "a Mac": "/board/macs/MAC0000123",
    "screens": "/board/screens",
}


def rows(effort: Effort, installation: Installation, people: People) -> Iterator[Row]:
    """Each page as often as there are rounds, after one that warms up."""
    for title, path in PATHS.items():
        taken = [first_byte(installation, path, people.cookie(0)) for _ in range(effort.rounds + 2)]
        middle, slowest = percentile(taken[2:], 50), max(taken[2:])
        yield Row(
            f"first byte of {title}, {effort.board:,} Macs",
            f"{middle:.0f} ms, at most {slowest:.0f} ms",
            f"≤ {LIMIT} ms",
            middle <= LIMIT,
        )


def first_byte(installation: Installation, path: str, cookie: str) -> float:
    """Return the milliseconds until the first byte of a page. Raises ValueError where it fails."""
    page = call(installation.url, "GET", path, headers={"Cookie": cookie})
    if page.status != HTTPStatus.OK:
        raise ValueError(f"{path} was answered {page.status}")
    return page.first_byte
