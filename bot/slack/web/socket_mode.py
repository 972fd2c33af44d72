"""The connection of a bot in Socket Mode: its begin and its end."""

import re
from concurrent.futures import Executor
from contextlib import suppress
from logging import LogRecord
from socket import SHUT_RDWR
from threading import Event, Thread
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.web import line_ends
from bot.slack.web.heartbeat import ConnectionListener
from infrastructure.errors import first_line
from infrastructure.text import without_logins

log = structlog.get_logger()

# Lines of the library's about an attempt that Slack refused, of which ours says the fix.
_SAID_BY_US = re.compile(
    r"Failed to retrieve WSS URL|Failed to (?:check|process)[^\n]*"
    r"(?:error: SlackApiError|failed\. \(url: [^\n]*/apps\.connections\.open\))"
)

UNOPENED = "Slack did not open the WebSocket"
CONNECTION_FIX = "check SLACK_APP_TOKEN, which needs the scope connections:write"


def connect(client: SocketModeClient, stop: Event, listener: ConnectionListener) -> None:
    """Connect to Slack, however long that takes, and have ends of the line noticed.

    Attempts are repeated until `stop` is set, after 1 s at first, later after a minute. The
    `listener` is told why one failed, and how many connections the app has.
    """
    line_ends.notice(client)
    _tell_refusals(client, listener)
    _tell_greetings(client, listener)
    pause = 1.0
    while not stop.is_set():
        try:
            client.connect()
        except Exception as error:  # slack_sdk raises nearly anything for an odd answer or proxy
            reason = listener.refusal or _reason_of(error)
            log.error("cannot listen to Slack", reason=reason, retry_in=pause)
            stop.wait(pause)
            pause = min(pause * 2, 60.0)
        else:
            _await_connection(client, stop, listener)
            return


def _await_connection(client: SocketModeClient, stop: Event, listener: ConnectionListener) -> None:
    """Wait for a connection: where a WebSocket cannot be opened, the library only tries again."""
    if not client.is_connected():
        reason, pause = listener.refusal or UNOPENED, client.ping_interval
        log.error("cannot listen to Slack", reason=reason, retry_in=pause)
    while not (client.is_connected() or stop.is_set()):
        stop.wait(1.0)
    if client.is_connected():
        log.info("listening to Slack")


def _tell_greetings(client: SocketModeClient, listener: ConnectionListener) -> None:
    """Have the `listener` told how many connections the app has, as Slack's greeting says."""

    def note(_: BaseSocketModeClient, message: dict[str, Any], __: str | None = None) -> None:
        connections = message.get("num_connections")
        if message.get("type") == "hello" and isinstance(connections, int):
            with suppress(SQLAlchemyError):  # which the heartbeats log
                listener.greeted(connections)

    client.message_listeners.append(note)


def _tell_refusals(client: SocketModeClient, listener: ConnectionListener) -> None:
    """Have the `listener` told why an attempt failed, also one that the library makes later on.

    Socket Mode may be switched off, and the token revoked, while a bot works: the log says it once,
    with the fix, and not every ten seconds as the library does.
    """
    issue_url, refused = client.issue_new_wss_url, ""

    def note(error: Exception) -> None:
        listener.refusal = _reason_of(error)

    def issued_url() -> str:
        nonlocal refused
        before = refused
        try:
            url = issue_url()
        except Exception as error:
            note(error)
            refused = listener.refusal
            if client.current_session is not None and refused != before:
                log.error("cannot listen to Slack", reason=refused)
            raise
        if client.current_session is not None and before:
            log.info("Slack lets the bot listen again")
        refused = listener.refusal = ""
        return url

    client.logger.addFilter(_is_said_by_nobody_else)

    client.issue_new_wss_url = issued_url  # type: ignore[method-assign] # slack_sdk has no hook
    client.on_error_listeners.append(note)


def _is_said_by_nobody_else(record: LogRecord) -> bool:
    return _SAID_BY_US.match(record.getMessage()) is None


def hang_up(client: SocketModeClient, listeners: Executor, grace: float) -> None:
    """Take no more requests of Slack, and end the connection once all are acknowledged.

    From then on Slack asks another bot, where there is one. What listeners do after that is waited
    for: all in all for `grace`, in seconds, at most.
    """
    ended = Event()
    client.auto_reconnect_enabled = False
    client.closed = True  # nothing more is taken out of the queue
    client.message_queue.put(None)  # for whose next message it waits

    def end() -> None:
        client.message_processor.shutdown()  # type: ignore[no-untyped-call] # it has no types
        client.message_workers.shutdown()  # which send what listeners acknowledge
        _end_connection(client)
        listeners.shutdown()
        ended.set()

    Thread(target=end, name="hanging up", daemon=True).start()
    if not ended.wait(grace):
        log.warning("listeners are still at work", seconds=grace)
        _end_connection(client)


def _end_connection(client: SocketModeClient) -> None:
    """End the connection at once.

    The client's own `close` waits for seconds until nothing is being received; meanwhile Slack
    would send requests that nobody answers.
    """
    client.current_session_state.terminated = True
    session = client.current_session
    if session is not None and session.sock is not None:
        with suppress(OSError):  # Slack has ended it
            session.sock.shutdown(SHUT_RDWR)


def _reason_of(error: Exception) -> str:
    """The reason why a connection failed: Slack's error code with the fix, or the error."""
    if isinstance(error, SlackApiError):
        code = str(error.response.get("error") or "")[:100]
        if code.isidentifier():
            return f"{code}: {CONNECTION_FIX}"
    return without_logins(first_line(error))  # the library names a proxy with its password
