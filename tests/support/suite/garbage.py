"""The garbage collector in tests: imported before all else, so that it leaves that alone.

Collecting through thousands of modules and tests, which are no garbage, takes half a second of
every process.
"""

import gc

gc.disable()
_collections = 0  # of everything, so far


def collect_from_now_on() -> None:
    """Let it run, over what is made from now on.

    What each test leaves to others (modules, compiled statements, its report) is no garbage
    either: with Python's own 700 the collector goes through all of it again and again.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(200_000, 50, 50)


def leave_alone_what_survived() -> None:
    """Have the collector never again go through what one collection of everything left.

    That are the parts that tests share, which grow: each such collection takes a third of a second.
    """
    global _collections  # noqa: PLW0603 - the collector is one for the process
    collections = gc.get_stats()[2]["collections"]
    if collections != _collections:
        gc.freeze()
        _collections = collections
