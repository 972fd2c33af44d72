"""The job runner tells Slack how a step of a workflow ended."""

from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from infrastructure.jobs.runner import Record

FINISH_STEP = "finish step"  # the job
LONGEST = 500  # characters of an error
_OVER = frozenset({"function_execution_not_found", "execution_not_in_running_state"})


def success(execution: str, registered: int) -> dict[str, Any]:
    """The facts of a step that registered so many Macs."""
    return {"execution": execution, "registered": registered}


def failure(execution: str, sentence: str) -> dict[str, Any]:
    """The facts of a step that failed, with a plain sentence for whoever runs the workflow."""
    return {"execution": execution, "error": sentence[:LONGEST]}


class FinishStepJob:
    """Ends steps: Slack waits with the workflow until then."""

    def __init__(self, slack: WebClient) -> None:
        self._slack = slack

    def do(self, facts: dict[str, Any]) -> Record:
        """Tell Slack, which may know it already from an attempt that nobody recorded."""
        try:
            self._end(facts)
        except SlackApiError as error:
            if error.response.get("error") not in _OVER:
                raise
        return _nothing

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Leave it: Slack ends the workflow by itself in the end."""
        del facts, reason
        return _nothing

    def _end(self, facts: dict[str, Any]) -> None:
        execution = facts["execution"]
        if "error" in facts:
            self._slack.functions_completeError(
                function_execution_id=execution, error=facts["error"]
            )
            return
        self._slack.functions_completeSuccess(
            function_execution_id=execution, outputs={"registered": facts["registered"]}
        )


def _nothing(session: Session, now: datetime) -> None:
    del session, now
