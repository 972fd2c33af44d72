"""Free pages of an SQLite file: what deleted rows leave, which new rows use again."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

INCREMENTAL = 2  # the value of auto_vacuum with which a file gives pages back on demand
STEP = 250  # pages of one transaction
SPARED = 0.1  # of all pages: these stay for new rows


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of an SQLite file, of `size` bytes each; it `can_shrink`, or was made too early."""

    total: int
    free: int
    size: int
    can_shrink: bool

    @classmethod
    def of(cls, session: Session) -> "Pages | None":
        """Return those of a database; None for one that is not SQLite's."""
        if session.get_bind().dialect.name != "sqlite":
            return None
        total, free, size, mode = (
            int(session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size", "auto_vacuum")
        )
        return cls(total, free, size, mode == INCREMENTAL)

    @property
    def spare(self) -> int:
        """The free pages beyond those that stay for new rows."""
        return max(0, self.free - int(self.total * SPARED))


def give_back(session: Session) -> int:
    """Give up to STEP free pages of an SQLite file back to the disk; returns their number."""
    pages = Pages.of(session)
    if pages is None or not pages.can_shrink:
        return 0
    number = min(STEP, pages.spare)
    for _ in range(number):  # one by one: the driver ends after the first page, whatever is asked
        session.connection().exec_driver_sql("PRAGMA incremental_vacuum(1)")
    return number
