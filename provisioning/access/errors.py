"""Errors of tokens and of their limits."""

from infrastructure.errors import RollcallError
from provisioning.munki import Destination


class OtherSite(RollcallError):
    """A Mac whose site is not the only one to which its caller may send Macs.

    `site` is empty where the repo has no sites any more, and the caller's key is older than that.
    """

    def __init__(self, serial: str, site: str, allowed_site: str) -> None:
        called = f"called with a credential of {allowed_site}"
        super().__init__(
            f"{serial} goes to {site}, but it {called}, which opens no other site: move its "
            "registration, or image it with a workflow of its own site."
            if site
            else f"{serial} {called}, and the Munki repo has no sites: have its workflow send one "
            "that `boot.sh credentials make --all-sites` made."
        )
        self.serial = serial
        self.site = site
        self.allowed_site = allowed_site


class InvalidToken(RollcallError):
    """A script token that is forged or meant for something else."""


class ExpiredToken(InvalidToken):
    """A script token of ours that is too old; the Mac is refused until a person acts.

    `site` and `build` are empty where the script named none.
    """

    def __init__(self, site: str, build: str) -> None:
        named = Destination(site, build)
        nobody = "a Mac that names no site and no build"
        mac = nobody if named.is_nowhere else f"a Mac for {named}"
        super().__init__(
            f"The script of {mac} is too old to be trusted: image the Mac "
            "again, or set ROLLCALL_TOKEN_HOURS to more."
        )


class EarlyToken(InvalidToken):
    """A token of ours from the future: it was made by a clock that ran ahead."""

    def __init__(self) -> None:
        super().__init__("The script's token is of the future: set the servers' clocks.")


class SpentToken(InvalidToken):
    """A token of ours that has served: its Mac is confirmed."""

    def __init__(self, serial: str, reason: str) -> None:
        super().__init__(
            f"The script of {serial} was made for a registration that {reason}: image the Mac "
            "again, or fetch a new script for it."
        )
        self.serial = serial
