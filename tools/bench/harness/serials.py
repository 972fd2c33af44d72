"""Serials of Macs that never were; the scripts of the folder `wrk` write them the same way."""

from provisioning.values.serials import Serial


def registered(first: int, end: int) -> list[Serial]:
    """The Macs with these numbers, `end` not among them."""
    return [Serial(f"MAC{number:07}") for number in range(first, end)]


def unlike(number: int) -> str:
    """Return a serial of Apple's shape that cannot be taken for a slip of another one."""
    spread = number * 2_654_435_761 % 2**40
    return f"F{spread:010X}{number % 10}".replace("0", "G").replace("1", "H")
