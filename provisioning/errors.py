"""What can be wrong, as facts. Each door translates them for its own people."""

from collections.abc import Sequence


class RollcallError(Exception):
    """The root: its text is one honest sentence that names the fact."""


class InvalidSerial(RollcallError):
    """A text that cannot be a Mac's serial number."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text[:80]!r} is not a serial number: {reason}.")
        self.text = text
        self.reason = reason


class InvalidSerials(RollcallError):
    """Several texts of which some cannot be serial numbers; nothing was done with the others."""

    def __init__(self, errors: Sequence[InvalidSerial]) -> None:
        super().__init__(" ".join(str(error) for error in errors))
        self.errors = tuple(errors)


class UnknownDestination(RollcallError):
    """A site or a build that the Munki repo does not have."""

    kind = "destination"

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(f"The Munki repo has no {self.kind} named {name[:80]!r}.")
        self.name = name
        self.nearest = tuple(nearest)


class UnknownSite(UnknownDestination):
    """No manifest of that name under `included_manifests/sites/`."""

    kind = "site"


class UnknownBuild(UnknownDestination):
    """No manifest of that name under `included_manifests/builds/`."""

    kind = "build"


class NotRegistered(RollcallError):
    """A Mac that nobody registered."""

    def __init__(self, serial: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(f"Nobody has registered {serial}.")
        self.serial = serial
        self.nearest = tuple(nearest)


class OtherSite(RollcallError):
    """A Mac that goes to another site than the only one its caller may send Macs to."""

    def __init__(self, serial: str, site: str, only: str) -> None:
        super().__init__(
            f"{serial} goes to {site}, but it called with a credential of {only}, which opens no "
            "other site: move its registration, or image it with a workflow of its own site."
        )
        self.serial = serial
        self.site = site
        self.only = only


class RegistrationChanged(RollcallError):
    """Somebody changed the registration while it was being worked on."""

    def __init__(self, serial: str) -> None:
        super().__init__(f"The registration of {serial} changed at this moment; try again.")
        self.serial = serial


class ManifestUnreadable(RollcallError):
    """A manifest in the repo that is no plist Rollcall could keep intact."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The manifest {name} in the Munki repo cannot be read ({reason}); "
            "it was left untouched."
        )
        self.name = name


class MissingInclude(RollcallError):
    """A manifest would name an included manifest that is not there."""

    def __init__(self, name: str, include: str) -> None:
        super().__init__(
            f"The manifest {name} would include {include[:80]!r}, which the Munki repo does not "
            "have; Munki clients would stop at it, so nothing was written."
        )
        self.name = name
        self.include = include


class RepoUnusable(RollcallError):
    """The Munki repo cannot be read or written at this time."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The Munki repo cannot be used: {reason}.")
        self.reason = reason


class RepoReadOnly(RepoUnusable):
    """The Munki repo can be read, and nothing can be changed in it at this time."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.args = (f"The Munki repo can be read, and not be changed: {reason}.",)


class NotServedYet(RollcallError):
    """A manifest that is written, and that a Mac would not get yet."""

    def __init__(self, serial: str, fault: str) -> None:
        super().__init__(f"The manifest of {serial} is written, but {fault}; it is waited for.")


class InvalidToken(RollcallError):
    """A script token that is forged or meant for something else."""


class ExpiredToken(InvalidToken):
    """A script token of ours that is too old; the Mac asks in vain until somebody acts.

    `site` and `build` are empty where the script named none.
    """

    def __init__(self, site: str, build: str) -> None:
        mac = f"a Mac for {site}/{build}" if site else "a Mac that names no site and no build"
        super().__init__(
            f"The script of {mac} is too old to be trusted: image the Mac "
            "again, or set ROLLCALL_TOKEN_HOURS to more."
        )


class EarlyToken(InvalidToken):
    """A token of ours that a clock made which ran ahead."""

    def __init__(self) -> None:
        super().__init__("The script's token is of the future: set the servers' clocks.")


class SpentToken(InvalidToken):
    """A token of ours for a Mac whose registration has no more use for it."""

    def __init__(self, serial: str, why: str) -> None:
        super().__init__(
            f"The script of {serial} was made for a registration that {why}: image the Mac again, "
            "or fetch a new script for it."
        )
        self.serial = serial
