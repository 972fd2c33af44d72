"""The end of a client of the library's own, in which it may wait for ever."""

from threading import Thread

from slack_sdk.socket_mode.builtin import SocketModeClient


def close(client: SocketModeClient) -> None:
    """Close a client; a session that begins in this moment forgets that it is to end."""
    closing = Thread(target=client.close)
    closing.start()
    while closing.is_alive():
        client.current_session_state.terminated = True
        closing.join(0.1)
