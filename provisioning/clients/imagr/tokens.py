"""Tokens that stand in Imagr's config, in place of a password."""

import time
from collections.abc import Callable
from datetime import timedelta

from provisioning.access.errors import EarlyToken, ExpiredToken, InvalidToken
from provisioning.access.tokens import WHERE_REGISTERED, TokenGrant, Tokens
from provisioning.clients.imagr.errors import ConfigExpired
from provisioning.munki import Destination


class ImagrTokens:
    """An issuer and verifier of these tokens.

    They differ from script tokens. If one token fetched scripts and stood in them, a script in the
    wrong hands could be renewed forever.
    """

    def __init__(
        self, secret_key: str, lifetime: timedelta, clock: Callable[[], float] = time.time
    ) -> None:
        self._tokens = Tokens(f"imagr:{secret_key}", lifetime, clock)

    def this_window(self) -> int:
        """Return the number of the window in which tokens are now made; see Tokens."""
        return self._tokens.this_window()

    def to_fetch(self, destination: Destination, *, site_locked: bool = False) -> str:
        """Return a token that fetches the first-boot script for `destination`.

        `site_locked`, for a config that a site's own key fetched: the script allows no other site.
        """
        return self._tokens.issue(
            destination, allowed_site=destination.site if site_locked else None
        )

    def to_ask(self) -> str:
        """Return a token with which Imagr requests the workflow of a Mac."""
        return self._tokens.issue(WHERE_REGISTERED)

    def destination(self, token: str) -> TokenGrant:
        """Return the destination of the script that may be fetched.

        Raises InvalidToken, ConfigExpired.
        """
        permit = self._verified(token)
        if permit.destination == WHERE_REGISTERED:
            raise InvalidToken("This token only asks which workflow a Mac runs.")
        return permit

    def check_asker(self, token: str) -> None:
        """Raise InvalidToken or ConfigExpired where the token is not one of `to_ask`."""
        if self._verified(token).destination != WHERE_REGISTERED:
            raise InvalidToken("This token only fetches a first-boot script.")

    def _verified(self, token: str) -> TokenGrant:
        try:
            return self._tokens.verify(token)
        except ExpiredToken as error:
            raise ConfigExpired from error
        except EarlyToken:
            raise
        except InvalidToken as error:
            raise InvalidToken("The token is not one out of Imagr's config.") from error
