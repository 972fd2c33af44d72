"""Notices to a person, beside the conversation."""

import json

from flask import Response, render_template, request

MEANINGS = {
    "operation_timeout": "the app did not answer within three seconds",
    "dispatch_failed": "the app could not be reached, or its answer was no success",
    "invalid_blocks": "the app answered with blocks that Slack does not show",
}


def notice(sentence: str = "") -> Response:
    """The answer with a sentence; an empty one changes nothing that is shown.

    After an action the browser looks for changes.
    """
    answer = Response(render_template("notice.html", sentence=sentence))
    if request.method == "POST":
        answer.headers["HX-Trigger"] = json.dumps({"look": True})
    else:  # something that only looks, and shows what it gets elsewhere
        answer.headers.update({"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})
    return answer


def failure(action: str, error: str, problems: object = ()) -> str:
    """The notice that Slack shows when the app fails."""
    meaning = MEANINGS.get(error)
    details = "; ".join(map(str, problems)) if isinstance(problems, list | tuple) else ""
    more = f" ({meaning})" if meaning else f" ({details})" if details else ""
    return f"{action} failed with the error “{error}”{more}."
