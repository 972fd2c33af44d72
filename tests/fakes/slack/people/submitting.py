"""Filling in a modal and handing it over."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fakes.slack.blocks.finding import elements
from tests.fakes.slack.people.choosing import is_empty
from tests.fakes.slack.people.replies import SubmitResult
from tests.fakes.slack.sending.delivery import Answer
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.state.view import View
from tests.fakes.slack.web.wire import JSON, Refused

REQUIRED = "Please complete this required field."


def incomplete(view: View) -> dict[str, str]:
    """Slack's own errors about a modal, by block_id. Such a modal is not sent to the app."""
    return dict(_missing(view))


def _missing(view: View) -> Iterator[tuple[str, str]]:
    for block, element, _ in elements(view.blocks):
        if block["type"] != "input":
            continue
        answer = view.state[block["block_id"]][element["action_id"]]
        written = str(answer.get("value") or "")
        if is_empty(answer):
            if not block.get("optional"):
                yield block["block_id"], REQUIRED
        elif len(written) < element.get("min_length", 0):
            yield block["block_id"], f"Enter at least {element['min_length']} characters."
        elif len(written) > element.get("max_length", 3000):
            yield block["block_id"], f"Enter at most {element.get('max_length', 3000)} characters."


def response_urls(team: Team, view: View) -> Iterator[JSON]:
    """One for each conversation that a menu with `response_url_enabled` chose."""
    for block, element, _ in elements(view.blocks):
        answer = view.state.get(block["block_id"], {}).get(element.get("action_id", ""), {})
        chosen = answer.get("selected_conversation") or answer.get("selected_channel")
        if element.get("response_url_enabled") and chosen:
            url = team.response_urls.issue(view.user_id, chosen)
            yield {
                "block_id": block["block_id"],
                "action_id": element["action_id"],
                "channel_id": chosen,
                "response_url": team.origin + url.path,
            }


def settle(team: Team, view: View, answer: Answer) -> SubmitResult:
    """Do what the app answered: errors, another view, or close (docs.slack.dev, "Modals")."""
    if answer.error:
        return SubmitResult(error=answer.error, took=answer.took)
    body = answer.body if isinstance(answer.body, dict) else {}
    try:
        return _settle(team, view, body, answer.took)
    except Refused as refused:
        problems = refused.details.get("errors", ())
        return SubmitResult(error=refused.error, problems=problems, took=answer.took)


def _settle(team: Team, view: View, body: JSON, took: float) -> SubmitResult:
    match body.get("response_action"):
        case "errors":
            view.errors = _errors(view, body.get("errors"))
            return SubmitResult(errors=view.errors, took=took)
        case "update":
            return SubmitResult(updated_view=team.views.update(view, body["view"]), took=took)
        case "push":
            pushed = team.views.push(view.user_id, body["view"])
            return SubmitResult(updated_view=pushed, took=took)
        case "clear":
            team.views.close_all(view.user_id)
        case None:
            team.views.close(view)
        case unknown:
            raise Refused("invalid_response_action", errors=[str(unknown)])
    return SubmitResult(closed=True, took=took)


def _errors(view: View, errors: object) -> dict[str, str]:
    """Errors belong to input blocks; Slack shows none of them if one does not."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        problem = f"{errors!r} are not of the inputs {sorted(inputs)}"
        raise Refused("invalid_errors", errors=[problem])
    return errors
