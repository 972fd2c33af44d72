"""The environment that settings are read from."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.rollcall.settings.variables import NAMES, Environment


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    """Set the environment: of all that Rollcall reads, exactly these variables, and no file .env.

    The latter is what a developer may have in the checkout.
    """
    names = set(NAMES)
    monkeypatch.chdir(tmp_path)

    def set_them(variables: Mapping[str, str]) -> None:
        for name in names:
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        names.update(variables)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_them
