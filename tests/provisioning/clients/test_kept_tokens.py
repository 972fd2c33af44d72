"""Scripts and configs that are kept for a moment: their tokens are good, whatever clocks do."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.access.tokens import Tokens
from provisioning.clients.imagr.config_cache import ConfigCache
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.scripts import ScriptCache, Scripts
from provisioning.munki import Destination, MunkiRepo
from tests.fakes.imagr.admin import Admin, imaging
from tests.support.installation import SECRET_KEY
from tests.support.tables import for_each

NOW = 1_800_000_000.0
LONDON = Destination("london", "design")
LIFETIME = timedelta(hours=72)
DAY = 24 * 60 * 60  # seconds
BEARER = re.compile(r"Authorization: Bearer ([\w.-]+)<")


class SetClock:
    """A clock that an admin sets, or that a host sets that slept."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def set_clock() -> SetClock:
    """A clock that may be set."""
    return SetClock()


@pytest.fixture
def script(repo: MunkiRepo, set_clock: SetClock) -> Callable[[], None]:
    """A check that the script that is served has a good token."""
    tokens = Tokens(SECRET_KEY, LIFETIME, set_clock)
    cache = ScriptCache(Scripts("http://mac.lan", tokens))

    def check() -> None:
        script = cache.script(repo.now(), LONDON, None).decode()
        [line] = [line for line in script.splitlines() if line.startswith("token=")]
        assert tokens.verify(line.removeprefix("token=")).destination == LONDON

    return check


@pytest.fixture
def config(
    tmp_path: Path, repo: MunkiRepo, database: Database, set_clock: SetClock
) -> Callable[[], None]:
    """A check that Imagr's config that is served has good tokens."""
    tokens = ImagrTokens(SECRET_KEY, LIFETIME, set_clock)
    admin = Admin(tmp_path / "templates", repo)
    admin.writes("base", imaging())
    cache = ConfigCache(admin.server(tokens=tokens), tokens, database, channel="C0IMAGING")

    def check() -> None:
        found = BEARER.findall(cache.current().content.decode())
        assert found
        for token in found:
            tokens.destination(token)

    return check


@for_each("seconds", [90 * DAY, -DAY])
@pytest.mark.parametrize("kept", ["script", "config"])
def test_kept_scripts_have_a_good_token_after_the_clock_was_set(
    request: pytest.FixtureRequest, set_clock: SetClock, kept: str, seconds: int
) -> None:
    check = request.getfixturevalue(kept)
    check()

    set_clock.now += seconds

    check()
