"""Routes of a person's actions in the stand-in Slack: typing, pressing, submitting."""

import re
from html import escape
from typing import Any

from flask import Blueprint, Response, render_template, request

from tests.fakes.slack import NotThere, Person, View, Workspace
from tests.fakes.slack.blocks.finding import elements
from tools.demo.page.actions.files import handed_over
from tools.demo.page.actions.notices import failure, notice
from tools.demo.page.actions.touches import PREFIX, Touches, answer_to
from tools.demo.page.rendering.surfaces import WRITTEN, field_name, given

PICKED = ("external_select", "multi_external_select")
"""Chosen already when a window is submitted: the app was asked for each."""


def deeds(touches: Touches) -> Blueprint:
    """Return the routes of typed texts, buttons and forms."""
    views = _Views(touches)
    routes = Blueprint("deeds", __name__)
    routes.add_url_rule("/<user>/<place>/say", view_func=views.say, methods=["POST"])
    routes.add_url_rule("/<user>/home/open", view_func=views.open_home, methods=["POST"])
    for action in (views.press, views.submit, views.close):
        routes.add_url_rule(
            f"/<user>/on/<name>/{action.__name__}", view_func=action, methods=["POST"]
        )
    return routes


class _Views:
    """The views of typed texts, buttons and forms."""

    def __init__(self, touches: Touches) -> None:
        self._touches = touches

    def say(self, user: str, place: str) -> Response:
        """A message, or a slash command."""
        person, workspace = self._touches.person(user), self._touches.workspace
        if place not in workspace.channels:
            raise NotThere("there is no such channel")
        text = _as_sent(workspace, request.form.get("text", "").strip())
        thread = request.form.get("thread", "")
        problem = _say(person, place, text, handed_over("files"), thread)
        answer = notice(problem)
        if not (problem or thread):
            answer.data = answer.get_data(as_text=True) + render_template("typed.html", oob=True)
        return answer

    def open_home(self, user: str) -> Response:
        """The opening of the app's Home."""
        return answer_to("The app’s Home", self._touches.person(user).open_home())

    def press(self, user: str, name: str) -> Response:
        """A click on a button."""
        person, surface = self._touches.surface(user, name)
        value = request.form.get("value")
        return answer_to("The button", person.click(surface, request.form["action"], value))

    def submit(self, user: str, name: str) -> Response:
        """The submission of a window."""
        person, view = self._touches.surface(user, name)
        if not isinstance(view, View):
            raise NotThere("only a window can be submitted")
        result = person.submit(view, _answers(view))
        problem = failure("The window", result.error, result.problems) if result.error else ""
        return notice(problem)

    def close(self, user: str, name: str) -> Response:
        """The closing of a window."""
        person, view = self._touches.surface(user, name)
        if isinstance(view, View):
            person.close(view)
        return notice()


def _say(
    person: Person, channel: str, text: str, files: list[tuple[str, bytes]], thread: str
) -> str:
    """Post a message, or send a slash command: there is none with files or in a thread.

    Returns the problem, if there was one, else an empty text.
    """
    if files:
        person.drop(channel, *files, text=text, thread_ts=thread)
    elif text.startswith("/") and not thread:
        return _command(person, channel, text)
    elif text:
        person.say(channel, text, thread_ts=thread)
    return ""


def _command(person: Person, channel: str, text: str) -> str:
    command, _, rest = re.sub(r"\s", " ", text, count=1).partition(" ")
    reply = person.slash(command, rest.strip(), channel=channel)
    return failure(command, reply.error, reply.problems) if reply.error else ""


def _as_sent(workspace: Workspace, text: str) -> str:
    """The text that Slack's client sends: escaped, names of people as mentions."""
    ids = {name: user for user, name in workspace.names.items()}

    def mention(match: re.Match[str]) -> str:
        return f"<@{ids[match[1]]}>" if match[1] in ids else match[0]

    return re.sub(r"(?<!\S)@([\w.-]+)", mention, escape(text, quote=False))


def _answers(view: View) -> dict[str, Any]:
    """The values of the form's fields, by the name that a Person calls each by."""
    answers: dict[str, Any] = {}
    for block, element, _ in elements(view.blocks):
        if block["type"] != "input" or element["type"] in (*PICKED, "button"):
            continue
        name = field_name(view.blocks, block, element)
        if element["type"] == "file_input":
            if files := handed_over(PREFIX + name):
                answers[name] = files
            continue
        value = given(element, request.form.getlist(PREFIX + name))
        if value is not None or element["type"] in WRITTEN:
            answers[name] = value
    return answers
