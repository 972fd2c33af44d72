"""Menus and inputs: what is chosen, written and looked up."""

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request

from tests.support.slack import Message, View
from tests.support.slack.blocks.finding import Placed
from tests.support.slack.choosing import ANSWERED_IN
from tests.support.slack.screen import field
from tests.support.slack.wire import JSON
from tools.demo.page.actions.notices import notice
from tools.demo.page.actions.touches import PREFIX, Touches, told
from tools.demo.page.rendering.surfaces import WRITTEN, given


def choices(touches: Touches) -> Blueprint:
    """The routes of menus and inputs."""
    routes = Blueprint("choices", __name__)

    @routes.post("/<who>/on/<name>/choose")
    def choose(who: str, name: str) -> Response:
        """A choice, or what is written so far."""
        somebody, shown = touches.surface(who, name)
        named = request.form["field"]
        placed = field(shown, named)
        wanted = given(placed.element, request.form.getlist(PREFIX + named))
        if wanted is None and placed.element["type"] not in WRITTEN:
            return notice()
        return told("The choice", somebody.select(shown, named, wanted))

    @routes.get("/<who>/on/<name>/offers")
    def offers(who: str, name: str) -> str:
        """The options that the app offers for the letters typed into an external menu."""
        somebody, shown = touches.surface(who, name)
        named, query = request.args["field"], request.args.get("query", "")
        before = len(somebody.errors)
        found = somebody.type_ahead(shown, named, query)
        least = int(field(shown, named).element.get("min_query_length", 3))
        return render_template(
            "offers.html",
            at=f"/{who}/on/{name}",
            field=named,
            offers=found,
            least=least if len(query) < least else 0,
            errors=somebody.errors[before:],
        )

    @routes.post("/<who>/on/<name>/pick")
    def pick(who: str, name: str) -> Response:
        """Choose one of the options of an external menu; of several, also take one away."""
        somebody, shown = touches.surface(who, name)
        named, value = request.form["field"], request.form["value"]
        placed = field(shown, named)
        if placed.element["type"].startswith("multi_"):
            wanted = _toggled(_chosen(shown, placed), value)
            answer = told("The choice", somebody.select(shown, named, wanted))
        else:
            answer = told("The choice", somebody.select(shown, named, value))
        drawn = render_template(
            "picked.html",
            at=f"/{who}/on/{name}",
            block=placed.block,
            element=placed.element,
            field=named,
            oob=True,
            chosen=_chosen(shown, placed) or [{"value": value, "text": {"text": value}}],
        )
        return make_response(answer.get_data(as_text=True) + drawn, answer.headers)

    return routes


def _chosen(shown: Message | View, placed: Placed) -> list[JSON]:
    """The options that a menu in a view shows as chosen; of a message's nothing is kept."""
    if not isinstance(shown, View):
        return []
    answer = shown.state[placed.block["block_id"]][placed.element["action_id"]]
    chosen = answer[ANSWERED_IN[placed.element["type"]]]
    return chosen if isinstance(chosen, list) else [chosen] if chosen else []


def _toggled(before: Sequence[JSON], value: str) -> list[JSON | str]:
    kept: list[JSON | str] = [each for each in before if each["value"] != value]
    return kept if len(kept) < len(before) else [*before, value]
