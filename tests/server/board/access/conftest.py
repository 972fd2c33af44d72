"""A directory, by which people sign in."""

from collections.abc import Iterator

import pytest

from tests.fakes.ldap import slapd
from tests.fakes.ldap.slapd import Slapd


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    """A directory for the tests of a process: none changes it."""
    with slapd.running(tmp_path_factory.mktemp("slapd")) as running:
        yield running
