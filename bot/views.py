"""Windows that were filled in."""

import re
from typing import Any

from slack_bolt import Ack, App

from bot.blocks import modals
from bot.desk import Desk


def attach(app: App, desk: Desk) -> None:
    """Listen for the form."""

    def submitted(ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Register what the form holds; the window then says what came of it."""
        state = view["state"]["values"]
        message = desk.register(
            re.findall(r"[^\s,;]+", state[modals.SERIALS][modals.SERIALS]["value"] or "") or [""],
            _chosen(state, modals.SITE),
            _chosen(state, modals.BUILD),
            by=body["user"]["id"],
            note=state[modals.NOTE][modals.NOTE].get("value") or "",
        )
        ack(response_action="update", view=modals.outcome(message))

    app.view(modals.REGISTER)(submitted)


def _chosen(state: dict[str, Any], name: str) -> str:
    return str((state[name][name].get("selected_option") or {}).get("value", ""))
