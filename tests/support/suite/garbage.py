"""The garbage collector in tests: imported before all else, so that it leaves that alone.

Collecting through thousands of modules and tests, which are no garbage, takes half a second of
every process.
"""

import gc

MUCH = 2_000  # objects

gc.disable()


def collect_from_now_on() -> None:
    """Let it run, over what is made from now on.

    What each test leaves to others (modules, compiled statements, its report) is no garbage
    either: with Python's own 700 the collector goes through all of it again and again.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(200_000, 50, 50)


def collect_what_a_test_left() -> None:
    """Collect what the last test has made, as soon as it is over, if that is much.

    An application is some thousand objects in circles. To free them takes a third of the time that
    it takes once a hundred others were made since, and the memory is used again at once.
    """
    if gc.get_count()[0] > MUCH:
        gc.collect(0)
