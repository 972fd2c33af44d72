"""Real parts for all tests: a Munki repo, both databases, a strict Slack."""

from tests.support.suite import garbage

# isort: split

import fcntl
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext
from functools import cache
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

import provisioning.maintenance.tables  # noqa: F401 - foreign keys name tables by their names
from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations
from provisioning import munki
from tests.fakes.slack import Workspace
from tests.support.databases import postgres
from tests.support.databases.emptying import Emptied, EmptiedPostgresql, EmptiedSqlite, FreshSqlite
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL
from tests.support.installing import packages
from tests.support.soaking import SOAK, in_soak, is_left
from tests.support.suite import libraries, rewriting
from tests.support.suite.budgets import Expense, budget_of, excess
from tests.support.suite.scheduling import longest_first

pytest_plugins = [
    "tests.support.fixtures.doors",
    "tests.support.fixtures.imports",
    "tests.support.fixtures.repo",
    "tests.support.suite.forking",
]

SOAK_RUNS_IT = "make soak runs it"
SAME_STATEMENTS = "other tests run its statements on PostgreSQL"
ON_POSTGRESQL = "it runs on PostgreSQL, and other tests run its statements on SQLite"
EXPENSE = pytest.StashKey[Expense]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say at the end what was left to `make soak`, and what this machine lacks."""
    yield
    skipped = terminalreporter.getreports("skipped")
    if left := sum(SOAK_RUNS_IT in f"{report.longrepr}" for report in skipped):
        terminalreporter.write_line(f"{left} tests were left to `make soak`; ARGS=-rs says why.")
    if lacks := packages.summary():
        terminalreporter.write_line(lacks, yellow=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is about PostgreSQL on both databases; SQLite serves everything else.

    Where other tests run the same statements on one of them, the mark leaves that to `make soak`:
    `soak` PostgreSQL, `instead` SQLite, unless this machine has no other.
    """
    test = metafunc.definition
    chosen = any("database_url" in mark.args[0] for mark in test.iter_markers("parametrize"))
    mark = test.get_closest_marker("postgresql")
    if mark and "database_url" in metafunc.fixturenames and not chosen:
        kinds: Sequence[object] = ["sqlite", "postgresql"]
        if mark.kwargs.get("soak"):
            kinds = ["sqlite", *in_soak(SAME_STATEMENTS, "postgresql")]
        elif mark.kwargs.get("instead") and postgres.programs():
            kinds = [*in_soak(ON_POSTGRESQL, "sqlite"), "postgresql"]
        metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what only `make soak` runs, which tries more examples of properties, too."""
    longest_first(items)
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("soak")
        if SOAK:
            continue
        row = getattr(getattr(item, "callspec", None), "id", "")
        for mark in item.iter_markers("soak"):
            if (reason := mark.kwargs.get("only")) and is_left(mark, row):
                item.add_marker(pytest.mark.skip(reason=f"{reason}; {SOAK_RUNS_IT}"))
                break


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Have the garbage collector leave alone the thousands of tests, which are no garbage.

    What Hypothesis learns of characters and of our modules at its first example takes seconds,
    and is no test's expense.
    """
    with rewriting.shared(session.config):
        yield
    if getattr(session, "items", None):  # a process that only hands out tests tries no example
        _first_example()
        if session.config.getoption("processes") > 1:
            libraries.load_late()
    garbage.collect_from_now_on()


@settings(max_examples=1, database=None)
@given(st.text())
def _first_example(_: str) -> None:
    """Do nothing with an example."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Count the time of a test from here."""
    garbage.collect_what_a_test_left()
    expense = item.session.stash[EXPENSE] = Expense()
    with expense.counting():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Leave out of it the fixtures that tests share."""
    if fixturedef.scope == "function":
        return (yield)
    expense = request.session.stash.get(EXPENSE, None)
    with expense.not_counting() if expense else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Go on counting, and fail a test that took more than its budget."""
    expense = item.session.stash[EXPENSE]
    with expense.counting():
        yield
    path = item.path.relative_to(Path(__file__).parent)
    name = getattr(item, "originalname", item.name)
    budget = budget_of(path, name, getattr(item, "fixturenames", ()))
    if not SOAK and (sentence := excess(budget, expense)):
        pytest.fail(sentence, pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def log() -> None:
    """Log as the processes do: the prettier default takes seconds over a traceback."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    )


@pytest.fixture(scope="session", autouse=True)
def libraries_at_rest() -> None:
    """Have libraries do once what they would do for each application."""
    libraries.do_once()


@pytest.fixture
def repo_folder(tmp_path: Path) -> Path:
    """The folder of a sample Munki repo."""
    return sample_repo(tmp_path / "munki_repo")


@pytest.fixture
def repo(repo_folder: Path) -> munki.MunkiRepo:
    """A sample Munki repo."""
    return munki.opened(str(repo_folder))


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A stand-in Slack with the channel that hears of everything."""
    with Workspace() as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        yield workspace


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema that the migrations make; all processes of a run share it."""
    path = _shared_folder(tmp_path_factory) / "migrated.sqlite3"
    with path.with_suffix(".lock").open("w") as one:
        fcntl.flock(one, fcntl.LOCK_EX)
        if not path.exists():
            database = Database(f"sqlite:///{path}")
            migrations.upgrade(database)
            database.close()
    return path


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL with a migrated database named `migrated`.

    All processes of a run share it: starting one and migrating takes seconds of the processor.
    """
    if postgres.programs() is None:
        packages.lack("PostgreSQL")
    with postgres.shared(_shared_folder(tmp_path_factory), _migrate) as url:
        yield url


def _shared_folder(paths: pytest.TempPathFactory) -> Path:
    """The folder of the run, which all of its processes know."""
    folder = paths.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def _migrate(cluster: str) -> None:
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    database = Database(f"{cluster}/migrated")
    migrations.upgrade(database)
    database.close()


@pytest.fixture(scope="session")
def emptied_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emptied]:
    """The SQLite database that one test after another finds empty."""
    folder = tmp_path_factory.mktemp("emptied")
    with closing(EmptiedSqlite(migrated_sqlite, folder)) as emptied:
        yield emptied


@pytest.fixture(scope="session")
def fresh_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Emptied:
    """The place of SQLite databases that tests open themselves."""
    return FreshSqlite(migrated_sqlite, tmp_path_factory.mktemp("fresh"))


@pytest.fixture(scope="session")
def emptied_postgresql(postgresql: str) -> Iterator[Emptied]:
    """The PostgreSQL database that one test after another finds empty."""
    with postgres.copied(postgresql) as url, closing(EmptiedPostgresql(url)) as emptied:
        yield emptied


@pytest.fixture
def sqlite_url(
    request: pytest.FixtureRequest, emptied_sqlite: Emptied, fresh_sqlite: Emptied
) -> str:
    """A fresh SQLite database, which nobody has open unless the test has a `database`."""
    sqlite = emptied_sqlite if "database" in request.fixturenames else fresh_sqlite
    sqlite.empty()
    return sqlite.url


@pytest.fixture
def postgresql_url(emptied_postgresql: Emptied) -> str:
    """A fresh PostgreSQL database, whose schema has to stay as it is."""
    emptied_postgresql.empty()
    return emptied_postgresql.url


@pytest.fixture
def own_postgresql_url(postgresql: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own, in which it may do anything."""
    with postgres.copied(postgresql) as url:
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database: SQLite, and PostgreSQL too where a test is marked `postgresql`."""
    kind = getattr(request, "param", "sqlite")
    return str(request.getfixturevalue(f"{kind}_url"))


@pytest.fixture(scope="session")
def opened() -> Iterator[Callable[[str], Database]]:
    """Opens a database once for all tests: SQLAlchemy compiles each statement once then, too."""
    with ExitStack() as stack:

        @cache
        def open_once(url: str) -> Database:
            return stack.enter_context(closing(Database(url)))

        yield open_once


@pytest.fixture
def database(database_url: str, opened: Callable[[str], Database]) -> Iterator[Database]:
    """A fresh database of either kind, opened."""
    database = opened(database_url)
    yield database
    database.end_background_work()  # a connection costs more than most tests do
