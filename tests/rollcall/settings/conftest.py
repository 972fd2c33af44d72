"""The environment that settings are read from."""

from collections.abc import Mapping

import pytest

from tests.rollcall.settings.variables import NAMES, Environment


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Set the environment: of all that Rollcall reads, exactly these variables."""
    names = set(NAMES)

    def set_them(variables: Mapping[str, str]) -> None:
        for name in names:
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        names.update(variables)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_them
