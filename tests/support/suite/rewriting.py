"""Test modules as pytest rewrites them: in a new checkout, each process does a part for all.

pytest keeps what it made of a module beside it. Processes that collect the same tests in the same
order would all come to a module before anyone has kept it, and rewriting all of them takes as long
as collecting them.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

import pytest


def share(config: pytest.Config) -> None:
    """Import the test modules that are asked for, beginning with this process's own part.

    One that cannot be imported is left to pytest, which says why.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes == 1:
        return
    modules = sorted(_modules(config))
    first = int(worker.removeprefix("gw")) % processes
    for turn in range(processes):
        for module in modules[(first + turn) % processes :: processes]:
            with suppress(Exception, pytest.skip.Exception):
                import_module(module)


def _modules(config: pytest.Config) -> Iterator[str]:
    """The names of the test modules in the folders and files that pytest was given."""
    for argument in config.args:
        path = config.invocation_params.dir / argument.partition("::")[0]
        for file in path.rglob("test_*.py") if path.is_dir() else [path]:
            if file.is_relative_to(config.rootpath):
                yield ".".join(file.relative_to(config.rootpath).with_suffix("").parts)
