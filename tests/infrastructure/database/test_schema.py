"""The code and the migrations speak of the same schema."""

import re
import shutil
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations, versions
from infrastructure.database.schema.losses import DERIVED
from infrastructure.database.schema.migrations import FOLDER
from provisioning.maintenance import tables
from provisioning.maintenance.tables import Base


def test_the_revision_that_the_code_needs_is_the_newest_there_is() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))

    head = ScriptDirectory.from_config(config).get_current_head()
    assert head == versions.REVISION, f"write {head} into {versions.__file__}"


def test_the_migrations_make_what_the_models_say(migrated_sqlite: Path) -> None:
    database = Database(f"sqlite:///{migrated_sqlite}")
    with database.reading() as session:
        context = MigrationContext.configure(
            session.connection(), opts={"include_name": _is_no_index}
        )
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_an_index_that_older_code_has_left_at_a_restore_is_made_anew(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}")
    migrations.go_back(database, "0033")
    with database.begin() as session:
        session.execute(text("CREATE TABLE serial_parts (rowid bigint)"))

    migrations.upgrade(database)

    with database.reading() as session:
        assert session.execute(text("SELECT serial FROM serial_parts")).all() == []
    database.close()


def _is_no_index(name: str | None, kind: str, _parents: object) -> bool:
    """False for the index of serials, which SQLite keeps in tables that no model has."""
    return not (kind == "table" and str(name).startswith(DERIVED))


ROOT = Path(__file__).parents[3]
OPENS_A_DATABASE = re.compile(r"\bDatabase\(")


def test_whatever_opens_a_database_has_loaded_all_tables() -> None:
    """Foreign keys name tables by their names: a flush fails where one was never loaded."""
    opening = [
        path
        for folder in ("rollcall", "tools/bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if OPENS_A_DATABASE.search(path.read_text())
    ]

    assert opening
    assert [
        path for path in opening if "provisioning.maintenance.tables" not in path.read_text()
    ] == []


def test_all_models_are_among_the_tables() -> None:
    models = [
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for package in ("infrastructure", "provisioning")
        for path in (ROOT / package).rglob("models.py")
    ]

    assert len(models) > 8
    loading = Path(tables.__file__).read_text()
    assert [name for name in models if f"import {name}\n" not in loading] == []
