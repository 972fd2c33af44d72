"""Queues of receivers in the outbox: two for each, so at most two connections go to one."""

from zlib import crc32

LANES = 2


def channel(hook_id: int, serial: str = "") -> str:
    """Return the name of the queue of a receiver for a Mac: the same for all its messages."""
    return f"hook:{hook_id}:{crc32(serial.encode()) % LANES}"


def channels(hook_id: int) -> list[str]:
    """Return the names of all queues of a receiver."""
    return [f"hook:{hook_id}:{lane}" for lane in range(LANES)]


def hook_id(name: str) -> int:
    """Return the receiver of a queue."""
    return int(name.split(":")[1])
