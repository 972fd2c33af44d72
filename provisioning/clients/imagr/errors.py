"""Errors of Imagr's config and of its picture."""

from collections.abc import Sequence

from infrastructure.errors import Conflict, RollcallError
from infrastructure.findings import Finding
from provisioning.access.errors import ExpiredToken

MAX_FINDINGS = 3  # findings of one template that a sentence names


class ConfigUnusable(Conflict):
    """A config that cannot be made, not even as it last was."""


class FaultyTemplate(ConfigUnusable):
    """A template that Imagr would not understand; names the file, the key and the fix."""

    def __init__(self, name: str, findings: Sequence[Finding]) -> None:
        listed = "; ".join(finding.message for finding in findings[:MAX_FINDINGS])
        location = (
            f"; and {len(findings) - MAX_FINDINGS} more" if len(findings) > MAX_FINDINGS else ""
        )
        super().__init__(f"The template imagr/{name} is faulty: {listed}{location}.")
        self.name = name


class TooManyWorkflows(ConfigUnusable):
    """More workflows than Imagr can read within its timeout of ten seconds."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Imagr's config would have too many workflows, more than {limit:,}: have "
            "imagr/base.plist say nothing to image, and write templates by build."
        )


class ConfigExpired(ExpiredToken):
    """A token of Imagr, out of a config that is too old."""

    def __init__(self) -> None:
        RollcallError.__init__(
            self,
            "Imagr on a Mac has a config that is too old to be trusted: have it reload its "
            "workflows, or set ROLLCALL_TOKEN_HOURS to more.",
        )


class PictureUnavailable(RollcallError):
    """A background that could not be drawn in time."""
