"""The policy file as our processes read it."""

from pathlib import Path

import structlog

from provisioning.policy import PolicyFile, UnusablePolicy

log = structlog.get_logger()


def watched(path: Path | None) -> PolicyFile:
    """Return the policy file at `path`; what becomes wrong with it is said in the log.

    Raises UnusablePolicy.
    """
    return PolicyFile(path, tell=_tell)


def _tell(fault: UnusablePolicy | None) -> None:
    if fault is not None:
        log.error("policy file", reason=str(fault))
