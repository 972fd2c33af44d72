"""What can be wrong with what Imagr is to be told."""

from collections.abc import Sequence

from infrastructure.errors import RollcallError
from provisioning.access.errors import ExpiredToken
from provisioning.clients.imagr.schema import Fault

SHOWN = 3  # faults of one template that a sentence names


class ConfigUnusable(RollcallError):
    """There is no config that Imagr could be given."""


class FaultyTemplate(ConfigUnusable):
    """A template that Imagr would not understand; names the file, the key and the fix."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        told = "; ".join(f"{fault.key}: {fault.fix}" for fault in faults[:SHOWN])
        more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        super().__init__(f"The template imagr/{name} is faulty: {told}{more}.")
        self.name = name


class TooManyWorkflows(ConfigUnusable):
    """More sites and builds to offer than Imagr can be told in its ten seconds."""

    def __init__(self, number: int, most: int) -> None:
        super().__init__(
            f"Imagr's config would have {number:,} workflows, more than {most:,}: have "
            "imagr/base.plist say nothing to image, and write templates by build."
        )


class ConfigExpired(ExpiredToken):
    """Imagr comes with a token out of a config that is too old."""

    def __init__(self) -> None:
        RollcallError.__init__(
            self,
            "Imagr on a Mac has a config that is too old to be trusted: have it reload its "
            "workflows, or set ROLLCALL_TOKEN_HOURS to more.",
        )


class PictureUnavailable(RollcallError):
    """A background that could not be drawn in time."""
