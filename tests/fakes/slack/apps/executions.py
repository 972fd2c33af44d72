"""Workflow steps of the app that were started, and how the app ended them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.apps.app import App
from tests.fakes.slack.state.timestamps import Clock
from tests.fakes.slack.web.wire import JSON, Refused, refuse_for

TOKEN_LIFETIME = 15 * 60
"""Seconds for which a step's own token is good (docs.slack.dev, "function_executed event")."""


@dataclass(eq=False)
class Execution:
    """One run of one step. `outputs` or `error` is what it ended with; neither while it runs."""

    id: str
    callback_id: str
    inputs: JSON
    by: str
    wanted: tuple[str, ...]
    token: str
    issued: float
    outputs: JSON | None = None
    error: str | None = None

    @property
    def running(self) -> bool:
        """True until the app says that it succeeded or failed."""
        return self.outputs is None and self.error is None

    def as_event(self, app: App, event_ts: str) -> JSON:
        """The function_executed event."""
        function = {
            "id": f"Fn{self.callback_id.upper()}",
            "callback_id": self.callback_id,
            "title": self.callback_id,
            "description": "",
            "type": "app",
            "input_parameters": [_parameter(name) for name in self.inputs],
            "output_parameters": [_parameter(name) for name in self.wanted],
            "app_id": app.id,
            "date_created": int(self.issued),
            "date_updated": int(self.issued),
            "date_deleted": 0,
        }
        return {
            "type": "function_executed",
            "function": function,
            "inputs": self.inputs,
            "function_execution_id": self.id,
            "workflow_execution_id": f"Wx{self.id[2:]}",
            "event_ts": event_ts,
            "bot_access_token": self.token,
        }


class Executions:
    """Every run of a step, by its id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started: dict[str, Execution] = {}
        self._lock = threading.Lock()

    def start(
        self, callback_id: str, inputs: Mapping[str, Any], by: str, wanted: Sequence[str]
    ) -> Execution:
        """A new run."""
        execution = Execution(
            id=f"Fx0{secrets.token_hex(4).upper()}",
            callback_id=callback_id,
            inputs=dict(inputs),
            by=by,
            wanted=tuple(wanted),
            token=f"xwfp-{secrets.token_hex(12)}",
            issued=self._clock(),
        )
        with self._lock:
            self._started[execution.id] = execution
        return execution

    def accepts(self, token: str) -> bool:
        """True if this is the token of a step, and not too old."""
        now = self._clock()
        with self._lock:
            runs = list(self._started.values())
        return any(run.token == token and now - run.issued <= TOKEN_LIFETIME for run in runs)

    def succeed(self, execution_id: str, outputs: Any) -> None:
        """End a run well. Raises Refused for a run that has ended, or for missing outputs."""
        with self._lock:
            run = self._running(execution_id)
            if not isinstance(outputs, dict) or set(run.wanted) - outputs.keys():
                problem = f"outputs must hold {sorted(run.wanted)} [json-pointer:/outputs]"
                raise refuse_for("parameter_validation_failed", [problem])
            run.outputs = outputs

    def fail(self, execution_id: str, error: str) -> None:
        """End a run with an error, which Slackbot tells the person. Raises Refused."""
        with self._lock:
            self._running(execution_id).error = error

    def _running(self, execution_id: str) -> Execution:
        run = self._started.get(execution_id)
        if run is None:
            raise Refused("function_execution_not_found")
        if not run.running:
            raise Refused("execution_not_in_running_state")
        return run


def _parameter(name: str) -> JSON:
    return {"type": "string", "name": name, "title": name, "description": "", "is_required": True}
