"""Errors of a policy file, and of people's missing permissions."""

from collections.abc import Sequence

from infrastructure.errors import RollcallError


class UnusablePolicy(RollcallError):
    """A policy file with faults; the message lists each with its line and its fix."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class NotAllowed(RollcallError):
    """An action that the policy does not allow a person.

    `wanted` completes “You may not …”. Members of the Slack user group `group` may do it, and
    `admins` (ids of people) may do everything.
    """

    def __init__(
        self, wanted: str, *, group: str | None = None, admins: Sequence[str] = ()
    ) -> None:
        super().__init__("You may not {wanted}.", wanted=wanted)
        self.wanted = wanted
        self.group = group
        self.admins = tuple(admins)


class NoNamedAdmins(RollcallError):
    """A wish that only admins who are named may have, where the policy names none."""

    def __init__(self, wanted: str) -> None:
        super().__init__(
            "The policy names no admins, so nobody may {wanted} here: name them, or use `boot.sh`.",
            wanted=wanted,
        )
