"""The end of a workflow step: functions.completeSuccess and functions.completeError."""

from __future__ import annotations

from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON


def complete_success(team: Team, arguments: Arguments) -> JSON:
    """The step succeeded, with these outputs."""
    execution_id = arguments.required("function_execution_id")
    arguments.required("outputs")
    outputs = arguments.structure("outputs", error="invalid_arguments")
    team.executions.succeed(execution_id, outputs)
    return {}


def complete_error(team: Team, arguments: Arguments) -> JSON:
    """The step failed, with a sentence for the person who started the workflow."""
    execution_id = arguments.required("function_execution_id")
    team.executions.fail(execution_id, arguments.required("error"))
    return {}
