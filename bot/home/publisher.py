"""The Home tabs: drawn for one person from the state of things right now, and shown to them."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import structlog
from slack_sdk import WebClient
from slack_sdk.models.views import View

from bot.dependencies import BotDependencies
from bot.errors.messages import sentence
from bot.home import blocks, notices
from bot.home.newest import Newest
from bot.slack import results
from bot.slack.home_state import HomeState, home_behind
from infrastructure.errors import RollcallError
from provisioning import policy
from provisioning.diagnostics import absences
from provisioning.monitoring import dashboard, pending
from provisioning.munki.errors import RepoUnusable

log = structlog.get_logger()

STAYS = "until then the policy before it stays in force."


class HomePublisher:
    """A publisher of Home tabs, one for all features. Threads share it."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies
        self.newest = Newest()

    def pressed(self, client: WebClient, body: dict[str, Any], action: dict[str, Any]) -> None:
        """Show the Home on which something was pressed as it is after that: a lazy listener.

        Does nothing where it was pressed somewhere else.
        """
        view = body.get("view") or {}
        if view.get("type") != "home":
            return
        look = HomeState.at(view)
        if action["action_id"] in (blocks.PREVIOUS, blocks.NEXT):
            look = replace(look, page=int(action["value"]))
        self.show(client, body["user"]["id"], look, at=float(action["action_ts"]))

    def again(self, client: WebClient, body: dict[str, Any]) -> None:
        """Show the Home behind the window in which something was done: a lazy listener.

        Does nothing where the window was opened from somewhere else.
        """
        look = home_behind(body.get("view") or {})
        if look is not None:
            user = body["user"]["id"]
            self.show(client, user, HomeState.loads(look), at=self.newest.of(user))

    def show(self, client: WebClient, user: str, look: HomeState, *, at: float) -> None:
        """Publish the Home of `user`, unless a request newer than `at` does so. Never raises."""
        with self.newest.showing(user, at) as is_newest:
            if not is_newest:
                return
            view = self._drawn(user, look)
            shown = results.of(lambda: str(client.views_publish(user_id=user, view=view)["ok"]))
        if not isinstance(shown, results.Shown):
            log.warning("home not shown", user=user, reason=getattr(shown, "reason", "gone"))

    def _drawn(self, user: str, look: HomeState) -> View:
        try:
            self._dependencies.members.admit(user)
            return self.draw(user, look)
        except RollcallError as error:
            return blocks.sorry(
                sentence(error, self._dependencies.repo, self._dependencies.command)
            )
        except Exception as error:  # nobody is left in silence
            reference = uuid4().hex[:8]
            log.error("home not drawn", reference=reference, exc_info=error)
            return blocks.sorry(
                "Rollcall cannot show your Macs now. Open this tab again in a minute; if it stays "
                f"like this, tell whoever runs it to look for `{reference}` in the log."
            )

    def draw(self, user: str, look: HomeState) -> View:
        """Return what `user` sees, who is a member."""
        with self._dependencies.database.reading() as session:
            shown = dashboard.overview(session, user, look.wanted, page=look.page, size=blocks.SIZE)
            own = notices.imports(pending.unfinished(session, user, most=notices.MOST))
            refused = pending.refused(session)
            silent = [str(finding) for finding in absences(session, ())]
        troubles = (
            notices.troubles(refused, **self._faults(silent))
            if self._dependencies.policy.policy.is_admin(user)
            else []
        )
        return blocks.home(blocks.Home(look, shown, own, troubles), self._dependencies.command)

    def _faults(self, others: list[str]) -> dict[str, list[str]]:
        """What is wrong with the policy file, with the Munki repo and else, in sentences."""
        in_force, fault = self._dependencies.policy.policy, self._dependencies.policy.fault
        broken = [f"{problem}; {STAYS}" for problem in fault.problems] if fault else []
        try:
            sites, builds = self._dependencies.repo.sites(), self._dependencies.repo.builds()
        except RepoUnusable as error:
            unread = f"{error} See that it is mounted and readable."
            return {"policy": broken, "others": [unread, *others]}
        return {"policy": broken + policy.check(in_force, sites, builds), "others": others}
