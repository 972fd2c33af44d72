"""Both doors of Rollcall in this process, with the relay and the job runner behind them."""

import hashlib
import hmac
import io
import json
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

from flask import Flask
from slack_sdk import WebClient
from werkzeug.test import Client, run_wsgi_app
from werkzeug.wrappers import Response

from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from provisioning.access import credentials
from provisioning.access.accounts import people, sessions
from provisioning.access.accounts.models import SLACK
from provisioning.access.accounts.people import Member, PeopleReading
from provisioning.access.models import INSTALLAPPLICATIONS, MANIFESTS, METRICS, REPORTS, SCRIPTS
from provisioning.outbox.relay import Relay
from rollcall.application import Application
from rollcall.settings import BotSettings, JobsSettings, ServerSettings
from tests.fakes.mac.installapplications import basic
from tests.fakes.slack import Workspace
from tests.fakes.slack.web.server import of_team
from tests.fakes.slack.web.wire import JSON
from tests.soak.fuzz.listeners import ALICE, Waiting, waiting
from tests.soak.fuzz.routes import FORM, Asked, Browser
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL

# Nothing of these is ever to be read in an answer or in the log.
SECRETS: Mapping[str, str] = {
    "BOOTSTRAP_PASSWORD": "canary-of-the-password-1f9e",
    "ROLLCALL_SECRET_KEY": "cafe0f1e2d3c4b5a69788796a5b4c3d2",
    "ROLLCALL_REPORT_KEYS": "canary-of-the-report-key-77d1",
    "MUNKI_REPO_AUTHORIZATION": "Basic canary-of-the-repo-3b2c",
    "SLACK_BOT_TOKEN": "xoxb-canary-of-the-bot-99e0",
    "SLACK_CLIENT_SECRET": "canary-of-the-client-5d5d",
    "SLACK_SIGNING_SECRET": "canary-of-the-signature-4c4c",
}
ORIGIN = "https://rollcall.example.com"
PACE = timedelta(seconds=1.25)  # of messages in one channel
_TOKEN = re.compile(r"^token='?([^'\n]+)'?$", re.MULTILINE)
KEPT = 12  # of what was shown with one id, and of each channel's messages


class _Near(WebClient):
    """A client of Slack whose calls never leave this process."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(
            SECRETS["SLACK_BOT_TOKEN"], base_url=workspace.api_url, timeout=10, retry_handlers=[]
        )
        self._slack = Client(of_team(workspace))

    def __copy__(self) -> "_Near":
        """Clients of this one's kind are copied with other timeouts, which play no role here."""
        return self

    def _perform_urllib_http_request_internal(self, url: str, req: Any) -> dict[str, Any]:
        answer = self._slack.open(
            urlsplit(url).path, method="POST", data=req.data, headers=dict(req.headers)
        )
        return {"status": answer.status_code, "headers": answer.headers, "body": answer.text}


class _Application(Application):
    """One whose Slack is near."""

    workspace: Workspace

    @cached_property
    def slack_client(self) -> WebClient:
        """The client of the stand-in."""
        return _Near(self.workspace)


class House:
    """Rollcall at a database and a Munki repo in `folder`, with a Slack."""

    def __init__(self, folder: Path, database: Database, workspace: Workspace) -> None:
        self.database, self._workspace = database, workspace
        self._now = datetime.now(UTC)
        self._repo = repo = sample_repo(folder / "munki_repo")
        fixed = {"MUNKI_REPO": str(repo), "ROLLCALL_CHANNEL": CHANNEL, **SECRETS}
        fixed |= {"BOOTSTRAP_URL": "http://127.0.0.1:5000", "BOOTSTRAP_USERNAME": "imaging"}
        bot = {**fixed, "SLACK_API_URL": workspace.api_url}
        board = {"ROLLCALL_URL": ORIGIN, "SLACK_CLIENT_ID": "1.2"}
        board |= {"SLACK_CLIENT_SECRET": SECRETS["SLACK_CLIENT_SECRET"]}
        self._application = _Application(
            ServerSettings.model_validate(fixed | board),
            BotSettings.model_validate(bot),
            JobsSettings.model_validate(bot),
            database=database,
        )
        self._application.workspace = workspace
        self.app: Flask = self._application.web_app()
        self.listeners: list[Waiting] = waiting(self._application.bolt_app)
        self.shown: dict[str, list[JSON]] = {}
        self.keys = self._make_keys()
        self._gather()
        self.sign_in()
        keys = (*self.keys.values(), self._token(), SECRETS["SLACK_BOT_TOKEN"])
        self.credentials = [f"Bearer {key}" for key in keys]
        self.credentials += [basic("imaging", SECRETS["BOOTSTRAP_PASSWORD"])] * 3
        self.credentials += [basic("x", self.keys[MANIFESTS]), "Basic !", "Basic", "Bearer ", "x y"]

    def ask(self, asked: Asked) -> Response:
        """Ask the web application, as the web server in front of it does."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": asked.method,
            "PATH_INFO": asked.path.encode("utf-8", "surrogatepass").decode("latin-1"),
            "SCRIPT_NAME": "",
            "QUERY_STRING": asked.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "5000",
            "HTTP_HOST": "rollcall",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": asked.address,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input_terminated": True,
            "wsgi.input": io.BytesIO(asked.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in asked.headers.items():
            key = name.upper().replace("-", "_")
            environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        if asked.body:
            environ["CONTENT_LENGTH"] = str(len(asked.body))
        pieces, status, headers = run_wsgi_app(self.app.wsgi_app, environ, buffered=True)
        return Response(pieces, status, headers)

    def tell(self, body: bytes, content_type: str) -> Response:
        """Send something to Slack's route, with Slack's signature."""
        stamp = str(int(time.time()))
        secret = SECRETS["SLACK_SIGNING_SECRET"].encode()
        signature = hmac.new(secret, b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256)
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature.hexdigest()}",
            "Content-Type": content_type,
        }
        return self.ask(Asked("POST", "/slack/events", "", headers, body))

    def sign_in(self) -> None:
        """Have a person sign in to the board, in another browser than before."""
        with self.database.begin() as session:
            token = sessions.begin(session, ALICE, SLACK, "Fuzz", datetime.now(UTC))
        headers = {"Cookie": f"__Host-rollcall={token}", "Origin": ORIGIN}
        self.browser = Browser(headers, sessions.form_token(token))

    def boot(self, serial: str) -> Response:
        """Have a Mac ask for its manifest."""
        headers = {"Authorization": basic("imaging", SECRETS["BOOTSTRAP_PASSWORD"])}
        return self.ask(Asked("POST", "/gen_manifest", f"serial={serial}", headers))

    def settle(self) -> None:
        """Wait for listeners that go on after their answers, do all jobs, deliver all messages.

        An admin's key opens every manifest: what it took away or spoilt is put back.
        What Slack has shown meanwhile is remembered in `shown`, and then forgotten by Slack.
        """
        executor = self._application.bolt_app.listener_runner.listener_executor
        for waiting_ in [executor.submit(time.sleep, 0.001) for _ in range(5)]:
            waiting_.result()
        sample_repo(self._repo)
        runner = JobRunner(self.database, self._application.job_handlers, [])
        for _ in range(40):
            if not runner.work():
                break
        transport = SlackTransport(self._application.slack_client)
        relay = Relay(self.database, transport, clock=lambda: self._now)
        for _ in range(40):
            self._now = max(self._now, datetime.now(UTC)) + PACE
            if not relay.deliver():
                break
        self._remember()

    def close(self) -> None:
        """Wait for what goes on after its answer."""
        self._application.bolt_app.listener_runner.listener_executor.shutdown()

    def _remember(self) -> None:
        calls, self._workspace.calls[:] = [*self._workspace.calls], []
        for call in calls:
            view = _read(call.arguments.get("view"))
            if isinstance(view, dict) and view.get("callback_id"):
                state = {"state": {"values": {}}, "id": "V1"}
                self._keep(view["callback_id"], {**view, **state})
            blocks = _read(call.arguments.get("blocks"))
            for element in _elements([view, blocks]):
                self._keep(element["action_id"], element)
        for channel in self._workspace.channels.values():
            del channel.messages[:-KEPT]
        for whispered in self._workspace.ephemerals.values():
            del whispered[:-KEPT]

    def _keep(self, name: str, shown: JSON) -> None:
        kept = self.shown.setdefault(name, [])
        kept.append(shown)
        del kept[:-KEPT]

    def _gather(self) -> None:
        now, alice = datetime.now(UTC), Member(ALICE, "Alice", "en", None)
        with self.database.begin() as session:
            people.claim(session, now)
            reading = PeopleReading("T0HOUSE", (alice,), {})
            people.record(session, reading, people.compare(session, reading), now)

    def _make_keys(self) -> dict[str, str]:
        kinds = (SCRIPTS, REPORTS, MANIFESTS, METRICS)
        with self.database.begin() as session:
            now = datetime.now(UTC)
            keys = {kind: credentials.make(session, None, kind, now) for kind in kinds}
            keys[INSTALLAPPLICATIONS] = credentials.make(
                session, "london", INSTALLAPPLICATIONS, now, build="design"
            )
        return keys

    def _token(self) -> str:
        headers = {"Authorization": basic("imaging", SECRETS["BOOTSTRAP_PASSWORD"])}
        answer = self.ask(Asked("GET", "/", "", headers))
        found = _TOKEN.search(answer.get_data(as_text=True))
        assert found, "the script has a token"
        return found[1]


def _read(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _elements(value: Any) -> Iterator[JSON]:
    """The elements in blocks that people press or choose from."""
    if isinstance(value, dict):
        if "action_id" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _elements(inner)


def form(payload: JSON) -> tuple[bytes, str]:
    """The body of Slack's request with a payload, and its content type."""
    if payload.get("type") == "event_callback":
        return json.dumps(payload).encode(), "application/json"
    fields = {"payload": json.dumps(payload)} if "type" in payload else payload
    return urlencode(fields, errors="surrogatepass").encode(), FORM


@contextmanager
def furnished(folder: Path, database: Database) -> Iterator[House]:
    """A house with a few Macs in it, and a Slack that never asks for patience."""
    slack = Workspace(
        bot_token=SECRETS["SLACK_BOT_TOKEN"],
        signing_secret=SECRETS["SLACK_SIGNING_SECRET"],
        pace=None,
    )
    with slack as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        workspace.person(ALICE, name="alice")
        with patch("socket.getaddrinfo", _near(socket.getaddrinfo)):
            house = House(folder, database, workspace)
            yield house
            house.close()


def _near(look_up: Callable[..., Any]) -> Callable[..., Any]:
    """Have no strange address lead away from this machine."""

    def looked_up(host: Any, *others: Any, **named: Any) -> Any:
        if host not in ("127.0.0.1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *others, **named)

    return looked_up
