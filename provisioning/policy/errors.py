"""Errors of a policy file, and of what it refuses."""

from collections.abc import Sequence

from infrastructure.errors import RollcallError


class UnusablePolicy(RollcallError):
    """A policy file that cannot be followed; tells every fault with its line and its fix."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class NotAllowed(RollcallError):
    """Something that the policy keeps from a person.

    `wanted` completes “You may not …”. Who can grant it: members of the Slack user group `group`
    may do it themselves, `admins` (ids of people) may do everything.
    """

    def __init__(
        self, wanted: str, *, group: str | None = None, admins: Sequence[str] = ()
    ) -> None:
        super().__init__(f"You may not {wanted}.")
        self.wanted = wanted
        self.group = group
        self.admins = tuple(admins)
