"""All views of a workspace: each person's App Home and stack of open modals."""

from __future__ import annotations

import json
import threading

from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.fakes.slack.state.view import View, blank
from tests.fakes.slack.web.wire import JSON, Refused, refuse_for

STACK = 3
BYTES = 250_000


class Views:
    """All views of a workspace. A person has at most three modals on top of each other
    (docs.slack.dev, "Modals"); a view has at most 250 kB (docs.slack.dev, views.open).
    """

    def __init__(self) -> None:
        self.homes: dict[str, View] = {}
        self._stacks: dict[str, list[View]] = {}
        self._lock = threading.RLock()

    def open(self, user_id: str, content: JSON) -> View:
        """A first modal. Raises Refused."""
        with self._lock:
            view = self._draw(user_id, content, "modal")
            self.close_all(user_id)
            self._stacks[user_id] = [view]
            return view

    def push(self, user_id: str, content: JSON) -> View:
        """A modal on top of those that are open. Raises Refused."""
        with self._lock:
            stack = self._stacks.get(user_id, [])
            if not stack:
                raise Refused("not_found")
            if len(stack) >= STACK:
                raise Refused("push_limit_reached")
            view = self._draw(user_id, content, "modal")
            view.root_id, view.previous_id = stack[0].id, stack[-1].id
            stack.append(view)
            return view

    def publish(self, user_id: str, content: JSON) -> View:
        """The App Home of a person. Raises Refused."""
        with self._lock:
            self.homes[user_id] = self._draw(user_id, content, "home", self.homes.get(user_id))
            return self.homes[user_id]

    def update(self, view: View, content: JSON, known_hash: str = "") -> View:
        """New content for an open view. Raises Refused."""
        with self._lock:
            if known_hash and known_hash != view.hash:
                raise Refused("hash_conflict")
            return self._draw(view.user_id, content, view.type, view)

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """An open view, by Slack's id or by the app's own. Raises Refused with not_found."""
        with self._lock:
            for view in self._open():
                if view.id == view_id or (external_id and view.external_id == external_id):
                    return view
        raise Refused("not_found")

    def top(self, user_id: str) -> View | None:
        """The modal that this person sees, or None."""
        with self._lock:
            return next(reversed(self._stacks.get(user_id, [])), None)

    def close(self, view: View) -> None:
        """Close this modal and those above it."""
        with self._lock:
            stack = self._stacks.get(view.user_id, [])
            while view in stack:
                stack.pop().open = False

    def close_all(self, user_id: str) -> None:
        """Close every modal of this person."""
        with self._lock:
            for view in self._stacks.pop(user_id, []):
                view.open = False

    def _open(self) -> list[View]:
        modals = [view for stack in self._stacks.values() for view in stack]
        return [*self.homes.values(), *modals]

    def _draw(self, user_id: str, content: JSON, kind: str, view: View | None = None) -> View:
        if problems := problems_of_view(content):
            raise refuse_for("invalid_arguments", problems)
        if content["type"] != kind:
            problem = f"must be a {kind} view [json-pointer:/view/type]"
            raise refuse_for("invalid_arguments", [problem])
        if len(json.dumps(content).encode()) > BYTES:
            raise Refused("view_too_large")
        taken = {each.external_id for each in self._open() if each is not view} - {""}
        if content.get("external_id") in taken:
            raise Refused("duplicate_external_id")
        view = view or blank(user_id, content)
        view.draw(content)
        return view
