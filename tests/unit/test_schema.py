"""The code and the migrations speak of the same schema."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from provisioning import schema
from provisioning.database import Database
from provisioning.migrations import FOLDER
from provisioning.models import Base


def test_the_revision_that_the_code_needs_is_the_newest_there_is() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))

    assert ScriptDirectory.from_config(config).get_current_head() == schema.REVISION


def test_the_migrations_make_what_the_models_say(migrated_sqlite: Path) -> None:
    database = Database(f"sqlite:///{migrated_sqlite}")
    with database.reading() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, Base.metadata) == []
    database.close()
