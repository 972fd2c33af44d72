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
    `admins` (ids of people) may do everything. `outside` is the provider of an outsider, and those
    of its groups that may do it.
    """

    def __init__(
        self,
        wanted: str,
        *,
        group: str | None = None,
        admins: Sequence[str] = (),
        outside: tuple[str, tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__("You may not {wanted}.", wanted=wanted)
        self.wanted = wanted
        self.group = group
        self.admins = tuple(admins)
        self.outside = outside
