"""The parts of an installation in this process, for journeys that are not about processes.

Loading Rollcall takes each of its processes more than a second, which is most of what a short
journey takes.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from threading import Event, Thread

from infrastructure.jobs.runner import JobRunner
from rollcall.application import Application
from rollcall.parts import people, relays
from rollcall.settings import JobsSettings, RelaySettings, ServerSettings, read
from tests.support.installation import Installation
from tests.support.running.commandline import known
from tests.support.running.serving import served


@contextmanager
def working(installation: Installation, *parts: str) -> Iterator[None]:
    """Run parts of an installation meanwhile: "server" at its port, "relay", "jobs".

    They read their settings of its environment, as it is now.
    """
    stop = Event()
    with known(installation.environment):
        run: dict[str, Callable[[], None]] = {}
        if "relay" in parts:
            of_relay = read(RelaySettings)
            run["relay"] = lambda: _relay(of_relay, stop)
        if "jobs" in parts:
            of_jobs = read(JobsSettings)
            run["jobs"] = lambda: _jobs(of_jobs, stop)
        server = read(ServerSettings) if "server" in parts else None
    with ExitStack() as stack:
        for name, part in run.items():
            thread = Thread(target=part, name=name)
            thread.start()
            stack.callback(thread.join)
        stack.callback(stop.set)
        if server is not None:
            application = stack.enter_context(Application(server))
            stack.enter_context(served(application.web_app(), installation.port))
        yield


def _relay(settings: RelaySettings, stop: Event) -> None:
    with Application(settings) as application:
        relays.run(relays.of(application, settings), stop, lambda *_: None)


def _jobs(settings: JobsSettings, stop: Event) -> None:
    with Application(settings) as application:
        kept = people.kept(application) if settings.board_url is not None else nullcontext()
        with kept:
            tasks = application.periodic_tasks
            JobRunner(application.database, application.job_handlers, tasks).run(stop)
