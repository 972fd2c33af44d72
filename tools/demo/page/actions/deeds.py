"""Actions of a person in the stand-in Slack, through the same doors that the tests use."""

import re
from html import escape
from typing import Any

from flask import Blueprint, Response, render_template, request

from tests.support.slack import NotThere, Person, View, Workspace
from tests.support.slack.blocks.finding import elements
from tools.demo.page.actions.files import handed_over
from tools.demo.page.actions.notices import failure, notice
from tools.demo.page.actions.touches import PREFIX, Touches, told
from tools.demo.page.rendering.surfaces import PRESSED, WRITTEN, field_name, given

PICKED = ("external_select", "multi_external_select")
"""Chosen already when a window is submitted: the app was asked for each."""


def deeds(touches: Touches) -> Blueprint:
    """The routes of what is typed, pressed and handed in."""
    routes = Blueprint("deeds", __name__)

    @routes.post("/<who>/<place>/say")
    def say(who: str, place: str) -> Response:
        """A message, or a slash command."""
        somebody = touches.person(who)
        if place not in touches.workspace.channels:
            raise NotThere("there is no such channel")
        text = _as_sent(touches.workspace, request.form.get("text", "").strip())
        thread = request.form.get("thread", "")
        problem = _say(somebody, place, text, handed_over("files"), thread)
        answer = notice(problem)
        if not (problem or thread):
            answer.data = answer.get_data(as_text=True) + render_template("typed.html", oob=True)
        return answer

    @routes.post("/<who>/home/open")
    def open_home(who: str) -> Response:
        return told("The app’s Home", touches.person(who).open_home())

    @routes.post("/<who>/on/<name>/press")
    def press(who: str, name: str) -> Response:
        somebody, shown = touches.surface(who, name)
        value = request.form.get("value")
        return told("The button", somebody.click(shown, request.form["action"], value))

    @routes.post("/<who>/on/<name>/submit")
    def submit(who: str, name: str) -> Response:
        somebody, view = touches.surface(who, name)
        if not isinstance(view, View):
            raise NotThere("only a window can be submitted")
        ended = somebody.submit(view, _answers(view))
        problem = failure("The window", ended.error, ended.problems) if ended.error else ""
        return notice(problem)

    @routes.post("/<who>/on/<name>/close")
    def close(who: str, name: str) -> Response:
        somebody, view = touches.surface(who, name)
        if isinstance(view, View):
            somebody.close(view)
        return notice()

    return routes


def _say(
    somebody: Person, channel: str, text: str, files: list[tuple[str, bytes]], thread: str
) -> str:
    """Post it, or do it where it is a command: there is none with files or in a thread. Returns
    what went wrong, if anything did.
    """
    if files:
        somebody.drop(channel, *files, text=text, thread_ts=thread)
    elif text.startswith("/") and not thread:
        return _command(somebody, channel, text)
    elif text:
        somebody.say(channel, text, thread_ts=thread)
    return ""


def _command(somebody: Person, channel: str, text: str) -> str:
    command, _, rest = re.sub(r"\s", " ", text, count=1).partition(" ")
    reply = somebody.slash(command, rest.strip(), channel=channel)
    return failure(command, reply.error, reply.problems) if reply.error else ""


def _as_sent(workspace: Workspace, text: str) -> str:
    """The text that Slack's client sends: escaped, names of people as mentions."""
    ids = {name: user for user, name in workspace.names.items()}

    def mention(found: re.Match[str]) -> str:
        return f"<@{ids[found[1]]}>" if found[1] in ids else found[0]

    return re.sub(r"(?<!\S)@([\w.-]+)", mention, escape(text, quote=False))


def _answers(view: View) -> dict[str, Any]:
    """The values of the form's fields, by the name that a Person calls each by."""
    answers: dict[str, Any] = {}
    for block, element, _ in elements(view.blocks):
        if block["type"] != "input" or element["type"] in (*PICKED, *PRESSED):
            continue
        name = field_name(view.blocks, block, element)
        if element["type"] == "file_input":
            if files := handed_over(PREFIX + name):
                answers[name] = files
            continue
        wanted = given(element, request.form.getlist(PREFIX + name))
        if wanted is not None or element["type"] in WRITTEN:
            answers[name] = wanted
    return answers
