"""The parts of a person's screen."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import render_template

from tests.fakes.slack import Message, Person, View, Workspace
from tests.fakes.slack.people.choosing import initial_state
from tools.demo.page.bench import DemoMacs
from tools.demo.page.rendering.markup import MessageReader
from tools.demo.page.rendering.parts import Part
from tools.demo.page.rendering.surfaces import field_name, messages, name_of

MAX_MESSAGES = 200  # messages of a channel that are shown
HOME = "home"
MACS = "macs"


class Viewer:
    """One person in front of one place: a channel's id, the app's Home, or the Macs."""

    def __init__(self, workspace: Workspace, person: Person, place: str, bench: DemoMacs) -> None:
        self.workspace = workspace
        self.person = person
        self.place = place
        self._bench = bench
        channels = {each.id: each.name for each in workspace.channels.values()}
        self.reader = MessageReader(workspace.names, channels)

    def parts(self) -> list[Part]:
        """Everything on it that changes."""
        place = self._home() if self.place == HOME else self._channel()
        return [*place, *self._window(), *self._macs()]

    def _channel(self) -> Iterator[Part]:
        if self.place not in self.workspace.channels:
            return
        threads = defaultdict(list)
        roots = []
        for message in messages(self.workspace, self.person, self.place):
            is_reply = message.thread_ts and message.thread_ts != message.ts
            if is_reply:
                threads[message.thread_ts].append(message)
            if message.broadcast or not is_reply:
                roots.append(message)
        for message in roots[-MAX_MESSAGES:]:
            yield self._message(message, "messages")
            if message.ts in threads:
                yield from self._thread(message.ts, threads[message.ts])

    def _thread(self, ts: str, replies: list[Message]) -> Iterator[Part]:
        """A folded thread, its count apart from its messages so that it stays as it is opened."""
        at = ts.replace(".", "-")
        count, inside = f"count-{at}", f"replies-{at}"
        yield Part(
            f"thread-{at}",
            "messages",
            "1",
            partial(self._draw, "thread.html", count=count, inside=inside, ts=ts, place=self.place),
        )
        words = "1 reply" if len(replies) == 1 else f"{len(replies)} replies"
        yield Part(f"n-{at}", count, str(len(replies)), lambda: words)
        for reply in replies:
            yield self._pointer(reply, inside) if reply.broadcast else self._message(reply, inside)

    def _message(self, message: Message, inside: str) -> Part:
        return Part(
            f"m-{message.ts.replace('.', '-')}",
            inside,
            str(message.edited),
            partial(
                self._draw,
                "message.html",
                message=message,
                name=self.workspace.names.get(message.user, message.user),
                **self._surface(message),
            ),
        )

    def _pointer(self, message: Message, inside: str) -> Part:
        """A reply that the channel shows too: it can be used there, once."""
        at = message.ts.replace(".", "-")
        draw = partial(self._draw, "pointer.html", message=message, at=f"m-{at}")
        return Part(f"p-{at}", inside, str(message.edited), draw)

    def _home(self) -> Iterator[Part]:
        home = self.person.home
        version = home.hash if home else "none"
        surface = self._surface(home) if home else {}
        yield Part(HOME, "view", version, partial(self._draw, "home.html", home=home, **surface))

    def _window(self) -> Iterator[Part]:
        view = self.workspace.views.top(self.person.id)
        if view is not None:
            version = f"{view.hash}-{hash(tuple(view.errors.items())):x}"
            yield Part(
                f"window-{view.id}",
                "windows",
                version,
                partial(self._draw, "window.html", view=view, **self._surface(view)),
            )

    def _macs(self) -> Iterator[Part]:
        for mac in self._bench.macs:
            yield Part(
                f"mac-{mac.serial}",
                "bench",
                f"{mac.version}",
                partial(self._draw, "mac.html", mac=mac, pause=self._bench.pause),
            )

    def _surface(self, shown: Message | View) -> dict[str, Any]:
        blocks = shown.blocks
        return {
            "at": f"/{self.person.id}/on/{name_of(shown)}",
            "blocks": blocks,
            "errors": shown.errors if isinstance(shown, View) else {},
            "state": shown.state if isinstance(shown, View) else initial_state(blocks),
            "field_name": partial(field_name, blocks),
        }

    def _draw(self, template: str, **context: Any) -> str:
        return render_template(
            template, reader=self.reader, person=self.person, workspace=self.workspace, **context
        )
