"""The publisher of Home tabs, each drawn for one person from the present state."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import Any
from uuid import uuid4

import structlog
from slack_sdk import WebClient
from slack_sdk.models.views import View

from bot.dependencies import BotDependencies
from bot.diagnostics.scopes import InstalledApp
from bot.errors.messages import sentence
from bot.home import blocks, notices
from bot.slack import payloads
from bot.slack.home_state import HomeState, home_behind
from bot.slack.web import results
from infrastructure.errors import RollcallError
from infrastructure.findings import Finding
from provisioning.diagnostics import absences, policy_findings
from provisioning.imports import lifecycle
from provisioning.monitoring import dashboard
from provisioning.outbox.outcomes import Sent
from provisioning.outbox.refusals.refused_messages import refused_messages
from provisioning.values import board_pages
from provisioning.values.language import _

log = structlog.get_logger()

LOCKS = 64  # so that different people seldom wait for each other


class Newest:
    """The time of each person's newest request: an older one must not show over it.

    Threads share one; other processes have their own.
    """

    def __init__(self) -> None:
        self._newest: dict[str, float] = {}
        self._noting = Lock()
        self._showing = [Lock() for _ in range(LOCKS)]

    def note(self, user: str, at: float) -> None:
        """Note a request of `user`, which Slack dates `at`."""
        with self._noting:
            self._newest[user] = max(at, self._newest.get(user, at))

    def of(self, user: str) -> float:
        """The newest moment noted of `user`; 0.0 where there is none."""
        return self._newest.get(user, 0.0)

    @contextmanager
    def showing(self, user: str, at: float) -> Iterator[bool]:
        """Lock out other requests of `user`; yields True where none newer than `at` has come in."""
        with self._showing[hash(user) % LOCKS]:
            yield self._newest.get(user, at) <= at


class HomePublisher:
    """A publisher of Home tabs, one for all features. Threads share it."""

    def __init__(self, dependencies: BotDependencies, installed: InstalledApp) -> None:
        self._dependencies, self._installed = dependencies, installed
        self.newest = Newest()

    def pressed(self, client: WebClient, body: dict[str, Any], action: dict[str, Any]) -> None:
        """Show the Home again on which a button was pressed: a lazy listener.

        Does nothing for a button elsewhere.
        """
        view = body.get("view") or {}
        if view.get("type") != "home":
            return
        home_state = HomeState.at(view)
        if action["action_id"] in (blocks.PREVIOUS, blocks.NEXT):
            home_state = replace(home_state, page=payloads.number(action["value"]))
        self.show(client, body["user"]["id"], home_state, at=float(action["action_ts"]))

    def refresh(self, client: WebClient, body: dict[str, Any]) -> None:
        """Show the Home again behind the window of an operation: a lazy listener.

        Does nothing where the window was opened from somewhere else.
        """
        home_state = home_behind(body.get("view") or {})
        if home_state is not None:
            user = body["user"]["id"]
            self.show(client, user, HomeState.from_json(home_state), at=self.newest.of(user))

    def show(self, client: WebClient, user: str, home_state: HomeState, *, at: float) -> None:
        """Publish the Home of `user`, unless a request newer than `at` does so. Never raises."""
        with self.newest.showing(user, at) as is_newest:
            if not is_newest:
                return
            view = self._drawn(user, home_state)
            outcome = results.of(lambda: str(client.views_publish(user_id=user, view=view)["ok"]))
        if not isinstance(outcome, Sent):
            log.warning("home not shown", user=user, reason=getattr(outcome, "reason", "gone"))

    def _drawn(self, user: str, home_state: HomeState) -> View:
        try:
            self._dependencies.admit(user)
            return self.draw(user, home_state)
        except RollcallError as error:
            return blocks.sorry(
                sentence(error, self._dependencies.repo, self._dependencies.command)
            )
        except Exception as error:  # every person gets an answer
            reference = uuid4().hex[:8]
            log.error("home not drawn", reference=reference, exc_info=error)
            return blocks.sorry(
                _(
                    "Rollcall cannot show your Macs now. Open this tab again in a minute; if it "
                    "stays like this, tell whoever runs it to look for `{reference}` in the log.",
                    reference=reference,
                )
            )

    def draw(self, user: str, home_state: HomeState) -> View:
        """Return the Home of `user`, who is a member."""
        kinds = self._dependencies.kinds
        home_state = home_state.within(kinds)
        with (
            board_pages.leading_to(self._dependencies.board_origin),
            self._dependencies.database.reading() as session,
        ):
            content = dashboard.overview(
                session, user, home_state.mac_filter, page=home_state.page, size=blocks.SIZE
            )
            own = notices.imports(lifecycle.unfinished(session, user, limit=notices.MAX_LINES))
            refused = refused_messages(session)
            silent = absences(session, ())
        shown = blocks.Home(home_state, content, own)
        if self._dependencies.policy.policy.is_admin(user):
            troubles = notices.troubles(refused, self._findings(silent))
            shown = replace(shown, troubles=troubles, version=self._dependencies.version)
        return blocks.home(shown, self._dependencies.command, kinds)

    def _findings(self, silent: list[Finding]) -> list[str]:
        """The findings about silent processes, the policy file and our app, as sentences."""
        dependencies = self._dependencies
        found = policy_findings(dependencies.policy, dependencies.repo)
        return [str(finding) for finding in (*silent, *found, *self._installed.findings())]
