"""A stand-in Slack workspace, as strict as Slack, on a real web server.

    with Workspace() as workspace:
        workspace.add_channel("C0IMAGING", name="imaging")
        client = WebClient("xoxb-stand-in", base_url=workspace.api_url, retry_handlers=[])

People act (`workspace.person("U0ALICE").drop("C0IMAGING", ("label.png", b"..."))`), the app hears
of it over HTTP or a WebSocket, and a test reads what became of it: `workspace.transcript(...)`,
`workspace.calls`, `workspace.events.sent`.

Its facts and limits come from Slack's public documentation at docs.slack.dev; where they come
from somewhere else, the docstring beside them says so.
"""

from tests.fakes.slack.apps.executions import Execution
from tests.fakes.slack.people.choosing import NotThere
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.people.replies import Reply, SubmitResult
from tests.fakes.slack.sending.events import Sent
from tests.fakes.slack.state.files import File
from tests.fakes.slack.state.members import Group, Member
from tests.fakes.slack.state.messages import Channel, Message
from tests.fakes.slack.state.rendering import readable
from tests.fakes.slack.state.timestamps import MovableClock
from tests.fakes.slack.state.view import View
from tests.fakes.slack.web.calls import Call
from tests.fakes.slack.web.faults import Faults
from tests.fakes.slack.workspace import Workspace

__all__ = [
    "Call",
    "Channel",
    "Execution",
    "Faults",
    "File",
    "Group",
    "Member",
    "Message",
    "MovableClock",
    "NotThere",
    "Person",
    "Reply",
    "Sent",
    "SubmitResult",
    "View",
    "Workspace",
    "readable",
]
