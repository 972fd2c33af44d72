"""A check of heartbeats: processes that are missing, and since when."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from infrastructure.findings import Finding
from infrastructure.heartbeats import store
from infrastructure.heartbeats.files import title
from infrastructure.heartbeats.store import BOT, JOBS, LIVE, RELAY, SERVER, Missing

WANTED = (SERVER, RELAY, JOBS)  # without a bot where Slack speaks HTTP
_KIND = "processes"
_SHARED = (
    "Slack gives each of them some of the commands. Stop the other installation, such as a copy of "
    "this machine, or give it an app of its own; then start this bot again."
)
_CONSEQUENCES = {
    SERVER: "no Mac is answered",
    BOT: "nobody in Slack is answered",
    RELAY: "Slack is told nothing",
    LIVE: "boards look for news every five seconds",
    JOBS: "files are not read and silence is not noticed",
}


def absences(session: Session, parts: Collection[str] = WANTED) -> list[Finding]:
    """Return findings about silent processes, `parts` without one, and bots that hear not all.

    Raises SQLAlchemyError.
    """
    return [
        *(_absence(missing) for missing in store.missing(session, parts)),
        *(
            Finding(_KIND, f"The bot on {host} is {phrase}.", "It tries again by itself.")
            for host, phrase in store.unconnected(session)
        ),
        *(
            Finding(_KIND, f"The bot on {host} is {phrase}.", _SHARED)
            for host, phrase in store.shared(session)
        ),
    ]


def _absence(missing: Missing) -> Finding:
    part = missing.part
    # However it runs: the doctor does not know.
    start = f"its container, service or deployment, or `boot.sh {part}` by hand"
    if missing.since is None:
        fact = f"No {title(part)} is running: {_CONSEQUENCES[part]}."
        return Finding(_KIND, fact, f"Start it: {start}.")
    doing = f" ({missing.doing})" if missing.doing else ""
    since = f"{missing.since:%Y-%m-%d %H:%M:%S} UTC"
    fact = f"The {title(part)} on {missing.host} has been silent since {since}{doing}."
    return Finding(_KIND, fact, f"Look at its log, and start it again: {start}.")
