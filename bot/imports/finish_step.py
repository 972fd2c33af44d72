"""The job that tells Slack the end of a workflow's step."""

from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from infrastructure.jobs.runner import Record
from provisioning.outbox import records

FINISH_STEP = "finish step"  # the job
LONGEST = 500  # characters of an error
_OVER = frozenset({"function_execution_not_found", "execution_not_in_running_state"})


def success(execution: str, registered: int) -> dict[str, Any]:
    """The payload of a step that registered so many Macs."""
    return {"execution": execution, "registered": registered}


def failure(execution: str, sentence: str) -> dict[str, Any]:
    """The payload of a step that failed, with a plain sentence for the workflow's owner."""
    return {"execution": execution, "error": sentence[:LONGEST]}


class FinishStepJob:
    """A job that ends steps: Slack waits with the workflow until then."""

    def __init__(self, slack: WebClient) -> None:
        self._slack = slack

    def do(self, payload: dict[str, Any]) -> Record:
        """Tell Slack, which may know it already from an attempt that was not recorded."""
        try:
            self._end(payload)
        except SlackApiError as error:
            if error.response.get("error") not in _OVER:
                raise
        return records.nothing

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Do nothing: Slack ends the workflow by itself after a time."""
        del payload, reason
        return records.nothing

    def _end(self, payload: dict[str, Any]) -> None:
        execution = payload["execution"]
        if "error" in payload:
            self._slack.functions_completeError(
                function_execution_id=execution, error=payload["error"]
            )
            return
        self._slack.functions_completeSuccess(
            function_execution_id=execution, outputs={"registered": payload["registered"]}
        )
