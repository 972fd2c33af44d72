"""Serials of Macs that never were; the scripts of the folder `wrk` write them the same way."""

from provisioning.values.serials import Serial


def registered(first: int, end: int) -> list[Serial]:
    """The Macs with these numbers, `end` not among them."""
    return [Serial(f"MAC{number:07}") for number in range(first, end)]
