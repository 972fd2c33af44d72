"""Who one can be on the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.slack import Workspace


@dataclass(frozen=True, slots=True)
class Somebody:
    """A member of the workspace, and what they are there."""

    id: str
    name: str
    role: str


CAST = (
    Somebody("U0ALICE", "alice", "a technician"),
    Somebody("U0BOB", "bob", "another technician"),
    Somebody("U0CAROL", "carol", "an admin"),
    Somebody("U0GRETA", "greta", "a guest"),
)


def gather(workspace: Workspace, people: Sequence[Somebody] = CAST) -> None:
    """Let them join, each with a channel of messages between the app and them."""
    for each in people:
        workspace.person(each.id, name=each.name)
        direct = f"D{each.id[1:]}"
        if direct not in workspace.channels:
            workspace.add_channel(direct, name=workspace.app.name)
