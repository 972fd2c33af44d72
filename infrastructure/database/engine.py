"""The database: SQLite for one machine, PostgreSQL for several, behind the same sessions."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.addresses import named
from infrastructure.database.connections import ThreadConnections
from infrastructure.database.sqlite import large_parameters, writers
from infrastructure.database.sqlite.occupants import Occupants
from infrastructure.database.sqlite.writers import BEGIN_IMMEDIATE, Writers
from infrastructure.database.statements.compiled import directly
from infrastructure.execution import outcomes
from infrastructure.execution.batching import Batcher
from infrastructure.execution.patience import Patience, WaitedTooLong
from infrastructure.execution.retry import NO_PAUSE, retry

Value = TypeVar("Value")

COMMAND = "a command"  # the role of a process that ends by itself
BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
DEADLOCK, LOCKED = "40P01", "55P03"  # PostgreSQL's words: of two, and of a wait for one
ENDED = ("08", "57")  # with these begin those of a connection, or a server, that ended
LOCK_PATIENCE = 0.5  # seconds that a shared transaction waits for a lock; one of ours takes less
LONG_TIMEOUT = 30.0  # seconds for a statement that only reads, and for which a person can wait
DEADLOCKS = 3  # in a row, after which a transaction begins again


class Transactions(Protocol):
    """A source of sessions: a database, or one transaction that several acts share."""

    def begin(self) -> AbstractContextManager[Session]:
        """A session in one transaction."""

    def reading(self, *, long: bool = False) -> AbstractContextManager[Session]:
        """A session for single reads; `long` for those that may take their time."""


class Database:
    """Sessions on one database. `url` is SQLAlchemy's; a bare `postgresql:` means psycopg 3.

    `role` names the process for others that need to know which processes use the database.
    Without `patience` it waits for answers forever.
    """

    def __init__(self, url: str, role: str = COMMAND, patience: Patience | None = None) -> None:
        target = named(url, role)
        self.patience = patience
        longest = patience.seconds if patience else 30.0  # for a connection that others have
        # The pool keeps one for each thread of a server; those beyond it are opened for each use.
        # Those to a server are tested before use: it may have restarted.
        has_server = target.get_backend_name() != "sqlite"
        self.engine = create_engine(
            target,
            pool_size=8,
            max_overflow=8,
            pool_timeout=longest,
            pool_pre_ping=has_server,
        )
        self._lines = ThreadConnections(target)
        self._writers: Writers | None = None
        self._turns: Batcher[Session] = Batcher(self._committing, patience=patience)
        self._before_close: list[Callable[[], None]] = []
        # In one message, which therefore cannot be prepared.
        lock_patience = min(LOCK_PATIENCE, longest / 2)
        self._begin = f"BEGIN; SET LOCAL lock_timeout = {lock_patience * 1000:.0f}"
        self._begin_snapshot = BEGIN_SNAPSHOT
        self._options: dict[str, Any] = {"prepare": False}
        self._occupants: Occupants | None = None
        if target.get_backend_name() == "sqlite":
            self._prepare_sqlite(str(target.database), role)
        else:
            self._prepare_postgresql()

    def _prepare_sqlite(self, path: str, role: str) -> None:
        self._occupants = Occupants(path, role)
        check_file = self._occupants.check_file
        self._writers = Writers(f"{path}.lock", patience=self.patience, check_file=check_file)
        self._begin, self._begin_snapshot, self._options = BEGIN_IMMEDIATE, "BEGIN", {}
        writers.prepare(self.engine, self._occupants)
        writers.prepare(self._lines.engine, self._occupants)
        large_parameters.prepare(self.engine)
        large_parameters.prepare(self._lines.engine, self._lines.give_back)
        event.listen(self.engine, "begin", writers.begin_immediate)

    def _prepare_postgresql(self) -> None:
        from infrastructure.database import postgresql  # noqa: PLC0415 - the driver

        for engine in (self.engine, self._lines.engine):
            postgresql.read_all_moments(engine)
            postgresql.prepare_nothing_behind_a_pooler(engine)
            if self.patience is not None:
                postgresql.wait_with(self.patience, engine)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back where it raises.

        SQLite has one writer at a time, and its own waiting backs off for longer and longer;
        a lock that queues in the kernel keeps the slowest commit near the others.
        """
        # The session around the lock: others need not wait until it is made and closed.
        with (
            Session(self.engine, expire_on_commit=False) as session,
            self._alone(),
            session.begin(),
        ):
            yield session
            session.flush()
            with _settling():
                session.commit()

    def run_shared(self, work: Callable[[Session], Value]) -> Value:
        """Run `work` in a transaction that is shared with other threads of the same moment.

        So one sync of the disk serves them all. `work` either writes all or raises a RollcallError
        before it writes anything; other errors end the transaction for all. After a deadlock of two
        servers, the one that the database ended tries again. Where another program has a lock on
        PostgreSQL, each of them goes on alone, so that one row holds up no one else.
        """
        if self._writers:
            self._writers.refuse_if_locked()
        try:
            with _settling():
                result = retry(
                    lambda: self._run_shared(work),
                    DBAPIError,
                    when=lambda error: _sqlstate(error) == DEADLOCK,
                    pauses=NO_PAUSE * DEADLOCKS,
                )
        except WaitedTooLong as error:
            outcomes.note_change()
            raise OperationalError(self._begin, None, error) from None
        if self.patience is not None:
            self.patience.note_answer()
        return result

    def sharing(self) -> AbstractContextManager[None]:
        """A context of a thread that is about to call `run_shared`.

        Others that call it meanwhile wait for it for a moment, so that all share one transaction.
        """
        return self._turns.coming()

    def _run_shared(self, work: Callable[[Session], Value]) -> Value:
        try:
            return self._turns.run(work)
        except DBAPIError as error:
            if _sqlstate(error) != LOCKED:
                raise
        with self.begin() as session:
            return work(session)

    @contextmanager
    def reading(self, *, long: bool = False) -> Iterator[Session]:
        """A session for single reads: without a transaction it neither waits nor blocks.

        `long` lets its statements take longer: those of statistics and of exports do.
        """
        with self._lines.session() as session:
            if long:
                with self._with_long_timeout(session.connection()):
                    yield session
            else:
                yield session

    @contextmanager
    def _with_long_timeout(self, connection: Connection) -> Iterator[None]:
        """A context in which answers to a connection are waited for as long as a reader may."""
        if self.patience is None or self._writers:
            yield
            return
        driver = cast(Any, connection.connection.driver_connection)
        driver.seconds = max(LONG_TIMEOUT, self.patience.seconds)
        try:
            yield
        finally:
            driver.seconds = None

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that reads the database as of its first query; it blocks no writers."""
        with self._lines.engine.connect() as connection:
            connection.exec_driver_sql(self._begin_snapshot)
            try:
                with self._with_long_timeout(connection):
                    yield connection
            except BaseException:  # whatever ended the reader: rows may be under way on it
                connection.invalidate()
                raise
            connection.exec_driver_sql("ROLLBACK")

    def try_disk(self) -> None:
        """Have PostgreSQL write a temporary file of some hundred KiB; SQLite does with each commit.

        With a full disk it goes on to change rows in place, and fails where a table has to grow.
        Raises SQLAlchemyError.
        """
        if self._writers is None:
            with self.begin() as session:
                session.execute(text("SET LOCAL work_mem = 64"))  # KiB, the least that it takes
                session.execute(text("SELECT count(*) FROM generate_series(1, 10000)"))

    @contextmanager
    def _committing(self) -> Iterator[Session]:
        """One transaction, on the connection that this thread keeps."""
        with self._alone(), self._lines.session() as session:
            directly(session, self._begin, **self._options)
            try:
                yield session
                session.flush()
                directly(session, "COMMIT")
            except BaseException as error:  # also the end of the thread: this line is used again
                _roll_back(session, error)
                raise

    def _alone(self) -> AbstractContextManager[object]:
        return self._writers.turn() if self._writers else nullcontext()

    def before_close(self, call: Callable[[], None]) -> None:
        """Register a `call` that ends background work, for the next time the database is closed."""
        self._before_close.append(call)

    def end_background_work(self) -> None:
        """Make the calls that were registered for the time before the database is closed."""
        while self._before_close:
            self._before_close.pop()()

    def close(self) -> None:
        """Close all connections; the last process that does so leaves one complete file."""
        self.end_background_work()
        self.engine.dispose()
        self._lines.close()
        if self._occupants:
            self._occupants.leave()


@contextmanager
def _settling() -> Iterator[None]:
    """A context in which something is committed; where no answer came, that is not known."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or (_sqlstate(error) or "").startswith(ENDED):
            outcomes.note_change()
        raise
    outcomes.note_change()


def _sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's code of an error; None where the server did not say it, and on SQLite."""
    code: str | None = getattr(error.orig, "sqlstate", None)
    return code


def _roll_back(session: Session, error: BaseException) -> None:
    """End a transaction in which `error` was raised; a connection that was lost has ended it.

    Raises SQLAlchemyError where the connection is lost and `error` does not say so.
    """
    try:
        directly(session, "ROLLBACK")
    except SQLAlchemyError:
        if not isinstance(error, SQLAlchemyError):
            raise
