"""Tokens that stand in Imagr's config: each good for one thing, and for so long."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.access.errors import InvalidToken
from provisioning.access.tokens import WHERE_REGISTERED, Tokens
from provisioning.clients.imagr.errors import ConfigExpired
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.munki import Destination
from tests.support.fixtures.repo import LONDON
from tests.support.installation import SECRET_KEY
from tests.support.tables import for_each

HOUR = timedelta(hours=1)
PASSES = ImagrTokens(SECRET_KEY, HOUR)
SCRIPTS = Tokens(SECRET_KEY, HOUR)


def test_one_fetches_the_script_of_its_destination_and_does_not_ask() -> None:
    token = PASSES.to_fetch(LONDON)

    permit = PASSES.destination(token)
    assert (permit.destination, permit.allowed_site) == (LONDON, None)
    with pytest.raises(InvalidToken, match="only fetches"):
        PASSES.check_asker(token)


def test_one_out_of_a_sites_own_config_leads_to_no_other_site() -> None:
    token = PASSES.to_fetch(LONDON, site_locked=True)

    permit = PASSES.destination(token)
    assert (permit.destination, permit.allowed_site) == (LONDON, "london")
    with pytest.raises(InvalidToken):
        PASSES.check_asker(token)


def test_one_asks_and_fetches_nothing() -> None:
    PASSES.check_asker(PASSES.to_ask())
    with pytest.raises(InvalidToken, match="only asks"):
        PASSES.destination(PASSES.to_ask())


@for_each("destination", [LONDON, WHERE_REGISTERED])
def test_a_scripts_token_is_none_so_that_no_script_lives_for_ever(destination: Destination) -> None:
    token = SCRIPTS.issue(destination)

    for use in (PASSES.check_asker, PASSES.destination):
        with pytest.raises(InvalidToken):
            use(token)
    for own in (PASSES.to_ask(), PASSES.to_fetch(LONDON)):
        with pytest.raises(InvalidToken):
            SCRIPTS.verify(own)


def test_one_out_of_an_old_config_says_so() -> None:
    old = ImagrTokens(SECRET_KEY, timedelta(hours=-1))

    with pytest.raises(ConfigExpired, match="have it reload its workflows"):
        old.destination(old.to_fetch(LONDON))
    with pytest.raises(ConfigExpired):
        old.check_asker(old.to_ask())


@given(st.text())
def test_anything_else_is_none(token: str) -> None:
    with pytest.raises(InvalidToken):
        PASSES.check_asker(token)
    with pytest.raises(InvalidToken):
        PASSES.destination(token)
