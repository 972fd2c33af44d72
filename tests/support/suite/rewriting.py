"""Test modules as pytest rewrites them: in a new checkout, each process does a part for all.

pytest keeps what it made of a module beside it. Processes that collect the same tests in the same
order would all come to a module before anyone has kept it, and rewriting all of them takes as long
as collecting them. A process that collects alone gets a helper, which begins at the other end.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

import pytest

KEPT = "__pycache__/{}.*-pytest-*.pyc"  # beside a module, by its name
FEW = 20  # modules that are rewritten sooner than a helper has begun


@contextmanager
def shared(config: pytest.Config) -> Iterator[None]:
    """Share the rewriting of the test modules that are asked for, while they are collected."""
    modules = sorted(_modules(config))
    others = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    helper = 0
    if others > 1:
        first = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) % others
        for turn in range(others):
            _load(config, modules[(first + turn) % others :: others])
    elif config.getoption("processes") > 1:
        new = [module for module in modules if not _is_kept(module)]
        helper = _helping(config, new) if len(new) > FEW else 0
    try:
        yield
    finally:
        if helper:
            os.waitpid(helper, 0)


def _helping(config: pytest.Config, modules: Sequence[Path]) -> int:
    """Fork a process that loads modules from the last one on, until it meets another; its id."""
    if helper := os.fork():
        return helper
    try:
        for module in reversed(modules):
            if not _is_kept(module):
                _load(config, [module])
    finally:
        os._exit(0)


def _is_kept(module: Path) -> bool:
    """True where pytest has kept what it made of a module as it is now."""
    changed = module.stat().st_mtime
    return any(
        kept.stat().st_mtime >= changed for kept in module.parent.glob(KEPT.format(module.stem))
    )


def _load(config: pytest.Config, modules: Sequence[Path]) -> None:
    """Import modules; one that cannot be imported is left to pytest, which says why."""
    for module in modules:
        with suppress(Exception, pytest.skip.Exception):
            import_module(".".join(module.relative_to(config.rootpath).with_suffix("").parts))


def _modules(config: pytest.Config) -> Iterator[Path]:
    """The test modules in the folders and files that pytest was given."""
    for argument in config.args:
        path = config.invocation_params.dir / argument.partition("::")[0]
        for file in path.rglob("test_*.py") if path.is_dir() else [path]:
            if file.is_relative_to(config.rootpath) and file.exists():
                yield file
