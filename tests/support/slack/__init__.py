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

from tests.support.slack.calls import Call
from tests.support.slack.choosing import NotThere
from tests.support.slack.events import Sent
from tests.support.slack.executions import Execution
from tests.support.slack.faults import Faults
from tests.support.slack.files import File
from tests.support.slack.members import Group, Member
from tests.support.slack.messages import Channel, Message
from tests.support.slack.person import Person
from tests.support.slack.rendering import readable
from tests.support.slack.replies import Reply, SubmitResult
from tests.support.slack.timestamps import MovableClock
from tests.support.slack.view import View
from tests.support.slack.workspace import Workspace

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
