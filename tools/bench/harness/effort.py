"""The effort of a measurement: rounds, and seconds of load."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """An effort. `rounds` and `seconds` are of the rows that wrk loads."""

    rounds: int
    seconds: int
    registrations: int = 1_000_000  # in the larger database
    bulk: int = 10_000  # serials registered in one call
    macs: int = 40  # told to Slack one after another
    volleys: int = 100  # of slash commands
    changes: int = 1_000  # of one card, 1,000 a minute
    lines: int = 5_000  # of a list that is read beside other work
    photos: int = 10  # that are read beside it
    lab: int = 500  # Macs that boot within `window` seconds
    window: int = 60
    manifests: int = 10_000
    adopted: int = 100_000  # manifests that become registrations
    places: int = 10_000  # sites, and as many builds
    nested: int = 5_000  # manifests of sites and builds in folders of folders
    attackers: int = 5_000
    board: int = 100_000  # Macs on the board
    boards: int = 500  # that are open


def quick() -> Effort:
    """Return the least that goes through everything once."""
    return Effort(
        rounds=2,
        seconds=1,
        registrations=20_000,
        bulk=1_000,
        macs=4,
        volleys=10,
        changes=50,
        lines=200,
        photos=1,
        lab=25,
        window=3,
        manifests=100,
        adopted=1_000,
        places=100,
        nested=100,
        attackers=300,
        board=2_000,
        boards=50,
    )
