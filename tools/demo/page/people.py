"""The people that one can be on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.fakes.slack import Workspace


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A member of the workspace, and what they are there."""

    id: str
    name: str
    role: str
    admin: bool = False
    guest: Literal["", "multi", "single"] = ""
    locale: str = "en-GB"


CAST = (
    DemoUser("U0ALICE", "alice", "a technician"),
    DemoUser("U0BOB", "bob", "another technician"),
    DemoUser("U0CAROL", "carol", "an admin", admin=True),
    DemoUser("U0DORA", "dora", "a technician who reads German", locale="de-DE"),
    DemoUser("U0GRETA", "greta", "a guest", guest="multi"),
)


def gather(workspace: Workspace, people: Sequence[DemoUser] = CAST) -> None:
    """Let them join, each with a direct conversation with the app."""
    for each in people:
        workspace.person(
            each.id, name=each.name, admin=each.admin, guest=each.guest, locale=each.locale
        )
        workspace.direct(each.id)
