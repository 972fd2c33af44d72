"""The parts of an installation in this process, for journeys that are not about processes.

Loading Rollcall takes each of its processes more than a second, which is most of what a short
journey takes.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

from infrastructure.jobs.runner import JobRunner
from rollcall.application import Application
from rollcall.parts import relays
from rollcall.settings import JobsSettings, RelaySettings, ServerSettings, read
from tests.support.commandline import known
from tests.support.installation import Installation
from tests.support.serving import served


@contextmanager
def working(installation: Installation, *parts: str) -> Iterator[None]:
    """Serve the doors of an installation at its port; run "relay" and "jobs" where they are named.

    All of them read the settings of the installation's environment.
    """
    with known(installation.environment):
        server, of_relay, of_jobs = read(ServerSettings), read(RelaySettings), read(JobsSettings)
    stop = Event()

    def relay() -> None:
        with Application(of_relay) as application:
            relays.run(relays.of(application, of_relay), stop, lambda *_: None)

    def jobs() -> None:
        with Application(of_jobs) as application:
            JobRunner(application.database, application.job_handlers, []).run(stop)

    run: dict[str, Callable[[], None]] = {"relay": relay, "jobs": jobs}
    with ExitStack() as stack:
        for part in parts:
            thread = Thread(target=run[part], name=part)
            thread.start()
            stack.callback(thread.join)
        stack.callback(stop.set)
        application = stack.enter_context(Application(server))
        stack.enter_context(served(application.web_app(), installation.port))
        yield
