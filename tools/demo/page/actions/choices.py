"""Routes of menus and inputs: a choice, a written text, a search for options."""

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request

from tests.fakes.slack import Message, View
from tests.fakes.slack.blocks.finding import Placed
from tests.fakes.slack.people.choosing import ANSWERED_IN
from tests.fakes.slack.people.screen import field
from tests.fakes.slack.web.wire import JSON
from tools.demo.page.actions.notices import notice
from tools.demo.page.actions.touches import PREFIX, Touches, answer_to
from tools.demo.page.rendering.surfaces import WRITTEN, given


def choices(touches: Touches) -> Blueprint:
    """Return the routes of menus and inputs."""
    views = _Views(touches)
    routes = Blueprint("choices", __name__)
    routes.add_url_rule("/<user>/on/<name>/choose", view_func=views.choose, methods=["POST"])
    routes.add_url_rule("/<user>/on/<name>/offers", view_func=views.offers)
    routes.add_url_rule("/<user>/on/<name>/pick", view_func=views.pick, methods=["POST"])
    return routes


class _Views:
    """The views of menus and inputs."""

    def __init__(self, touches: Touches) -> None:
        self._touches = touches

    def choose(self, user: str, name: str) -> Response:
        """A choice, or the text that is written so far."""
        person, surface = self._touches.surface(user, name)
        field_name = request.form["field"]
        placed = field(surface, field_name)
        value = given(placed.element, request.form.getlist(PREFIX + field_name))
        if value is None and placed.element["type"] not in WRITTEN:
            return notice()
        return answer_to("The choice", person.select(surface, field_name, value))

    def offers(self, user: str, name: str) -> str:
        """The options that the app offers for the letters typed into an external menu."""
        person, surface = self._touches.surface(user, name)
        field_name, query = request.args["field"], request.args.get("query", "")
        before = len(person.errors)
        options = person.type_ahead(surface, field_name, query)
        least = int(field(surface, field_name).element.get("min_query_length", 3))
        return render_template(
            "blocks/offers.html",
            at=f"/{user}/on/{name}",
            field=field_name,
            offers=options,
            least=least if len(query) < least else 0,
            errors=person.errors[before:],
        )

    def pick(self, user: str, name: str) -> Response:
        """Choose an option of an external menu; of one with several, also take one away."""
        person, surface = self._touches.surface(user, name)
        field_name, value = request.form["field"], request.form["value"]
        placed = field(surface, field_name)
        if placed.element["type"].startswith("multi_"):
            values = _toggled(_chosen(surface, placed), value)
            answer = answer_to("The choice", person.select(surface, field_name, values))
        else:
            answer = answer_to("The choice", person.select(surface, field_name, value))
        menu = render_template(
            "blocks/picked.html",
            at=f"/{user}/on/{name}",
            block=placed.block,
            element=placed.element,
            field=field_name,
            oob=True,
            chosen=_chosen(surface, placed) or [{"value": value, "text": {"text": value}}],
        )
        return make_response(answer.get_data(as_text=True) + menu, answer.headers)


def _chosen(surface: Message | View, placed: Placed) -> list[JSON]:
    """The chosen options of a menu in a view; of a message's menu nothing is kept."""
    if not isinstance(surface, View):
        return []
    answer = surface.state[placed.block["block_id"]][placed.element["action_id"]]
    chosen = answer[ANSWERED_IN[placed.element["type"]]]
    return chosen if isinstance(chosen, list) else [chosen] if chosen else []


def _toggled(before: Sequence[JSON], value: str) -> list[JSON | str]:
    kept: list[JSON | str] = [option for option in before if option["value"] != value]
    return kept if len(kept) < len(before) else [*before, value]
