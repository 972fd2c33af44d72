"""The parts that routes of actions share: the person, the thing acted on, the answer."""

from flask import Response

from tests.fakes.slack import Message, NotThere, Person, Reply, View, Workspace
from tools.demo.page.actions.notices import failure, notice
from tools.demo.page.rendering.surfaces import find

PREFIX = "f:"  # before the name of a field of the app's, so that it is none of ours


class Touches:
    """A finder of people and of the surfaces on their screens. Raises NotThere."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def person(self, user: str) -> Person:
        """The member with this id."""
        if user not in self.workspace.names:
            raise NotThere("nobody here has this name")
        return self.workspace.person(user)

    def surface(self, user: str, name: str) -> tuple[Person, Message | View]:
        """The member, and the message or view with this name on their screen."""
        person = self.person(user)
        return person, find(self.workspace, person, name)


def answer_to(action: str, reply: Reply) -> Response:
    """The answer to an interaction; empty where it went well."""
    return notice(failure(action, reply.error, reply.problems) if reply.error else "")
