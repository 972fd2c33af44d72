"""The garbage collector in tests: imported before all else, so that it leaves that alone.

Collecting through thousands of modules and tests, which are no garbage, takes half a second of
every process.
"""

import gc

gc.disable()


def collect_from_now_on() -> None:
    """Let it run, over what is made from now on.

    What each test leaves to others (modules, compiled statements, its report) is no garbage
    either: with Python's own 700 the collector goes through all of it again and again.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)
