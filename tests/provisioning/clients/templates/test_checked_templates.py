"""Templates of an admin's own: checked before a Mac gets them; the last good ones are served."""

from contextlib import closing
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.findings import Location
from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.check import findings
from provisioning.clients.templates.last_good import UnusableTemplate
from provisioning.clients.templates.models import GoodTemplate
from provisioning.munki import Destination, MunkiRepo
from rollcall.settings import ServerSettings
from tests.provisioning.clients.templates.serving import BROKEN, GOOD, PARIS, Server, Templates
from tests.support.fixtures.doors import Script
from tests.support.owed import troubles
from tests.support.running.doors import machines_door


def test_a_template_that_breaks_goes_on_being_served_as_it_was_until_it_is_mended(
    server: Server, templates: Templates
) -> None:
    for text in (GOOD, BROKEN):
        templates.write("sites/london", text)
        server.look()

    assert "\necho one\n" in server.script()
    assert "if true" not in server.script()
    templates.write("sites/london", GOOD.replace("one", "two"))
    server.look()
    assert "\necho two\n" in server.script()


def test_the_folder_is_read_every_few_seconds_and_not_for_each_mac(
    server: Server, templates: Templates
) -> None:
    server.look()
    templates.write("sites/london", GOOD)

    assert "\necho one\n" not in server.script()
    server.look()
    assert "\necho one\n" in server.script()


def test_the_channel_is_told_once_where_it_is_broken_before_any_mac_asks(
    server: Server, templates: Templates, database: Database
) -> None:
    templates.write("sites/london", GOOD)
    server.look()
    templates.write("sites/london", BROKEN)
    for _ in range(3):
        server.look()
        server.script()

    [sentence] = troubles(database)
    assert "what it was before goes on being served" in sentence
    assert "sites/london.sh.j2" in sentence
    assert "sh cannot read it" in sentence


def test_one_that_was_never_good_is_an_error_and_the_others_are_served(
    server: Server, templates: Templates, database: Database
) -> None:
    templates.write("sites/london", BROKEN)
    server.look()

    with pytest.raises(UnusableTemplate, match=r"nothing is served\. sites/london\.sh\.j2"):
        server.script()
    assert "site=paris" in server.script(PARIS)
    assert "waiting for" in server.script(WHERE_REGISTERED)
    [sentence] = troubles(database)
    assert "nothing is served" in sentence


def test_a_broken_base_leaves_those_that_do_not_need_it_alone(
    server: Server, templates: Templates
) -> None:
    templates.write("sites/london", "#!/bin/sh\necho london\n")
    templates.write("base", "#!/bin/sh\n{% bad %}\n")
    server.look()

    assert server.script() == "#!/bin/sh\necho london\n"
    with pytest.raises(UnusableTemplate):
        server.script(PARIS)


def test_what_extends_a_template_that_breaks_is_served_as_a_whole_as_it_was(
    server: Server, templates: Templates
) -> None:
    templates.write("base", "#!/bin/sh\necho base\n{% block after %}{% endblock %}\n")
    templates.write("sites/london", GOOD)
    server.look()
    before = server.script()
    templates.write("base", "#!/bin/sh\necho {= gone =}\n{% block after %}{% endblock %}\n")
    server.look()

    assert server.script() == before
    assert "echo base" in server.script(PARIS)


def test_the_last_good_one_survives_a_restart_and_reaches_other_servers(
    server: Server, templates: Templates, database: Database, repo: MunkiRepo
) -> None:
    templates.write("sites/london", GOOD)
    server.look()
    templates.write("sites/london", BROKEN)

    assert "\necho one\n" in Server(database, repo, templates.folder).script()


@pytest.mark.postgresql(soak=True)
def test_a_process_that_finds_a_template_judged_does_not_judge_it_again(
    server: Server, templates: Templates, database: Database, repo: MunkiRepo
) -> None:
    """Its mark is the moment that the row was written."""
    templates.write("sites/london", GOOD)
    server.look()

    def moments() -> list[object]:
        with database.reading() as session:
            return list(session.scalars(select(GoodTemplate.at).order_by(GoodTemplate.name)))

    before = moments()
    other = Server(database, repo, templates.folder)
    other.look()
    other.script()

    assert len(before) == 2
    assert moments() == before


def test_a_site_that_comes_later_is_looked_at_too(
    server: Server, templates: Templates, database: Database, repo_folder: Path
) -> None:
    templates.write("builds/design", "#!/bin/sh\n{% if site == 'rome' %}{= oops =}{% endif %}\n")
    server.look()
    sites = repo_folder / "manifests/included_manifests/sites"
    (sites / "rome").write_bytes((sites / "paris").read_bytes())
    server.look()

    assert "'oops' is undefined" in troubles(database)[0]
    assert server.script().startswith("#!/bin/sh\n")
    with pytest.raises(UnusableTemplate, match="oops"):
        server.script(Destination("rome", "design"))


def test_what_is_not_in_use_is_looked_at_when_somebody_asks(
    templates: Templates, repo: MunkiRepo
) -> None:
    templates.write("sites/atlantis", "{% if %}")

    [finding] = findings(repo, templates.folder)

    assert finding.location == Location("sites/atlantis.sh.j2", 1)


def test_without_a_database_what_is_good_is_served_all_the_same(
    repo: MunkiRepo, templates: Templates, tmp_path: Path
) -> None:
    empty = Database(f"sqlite:///{tmp_path}/never-migrated.sqlite3")
    server = Server(empty, repo, templates.folder)
    templates.write("sites/london", GOOD)
    server.look()
    templates.write("sites/london", BROKEN)
    server.look()

    assert "\necho one\n" in server.script()
    empty.close()


def test_a_macs_request_for_a_broken_one_is_503(
    database: Database, server_settings: ServerSettings, templates: Templates
) -> None:
    templates.write("sites/london", BROKEN)
    settings = server_settings.model_copy(update={"templates": templates.folder})
    script = Script(machines_door(settings, database).test_client())

    answer = script.fetch(X_bootstrap_site="london", X_bootstrap_build="design")

    assert answer.status_code == 503
    assert "sites/london.sh.j2" in answer.text
    assert script.fetch(X_bootstrap_site="paris", X_bootstrap_build="design").status_code == 200
    assert len(troubles(database)) == 1


def test_nothing_secret_reaches_a_program_that_judges(
    server: Server, templates: Templates, database: Database
) -> None:
    """The complaints of a shell can quote a line of the script, and the channel is told of them."""
    templates.write("base", "#!/bin/sh\nif {= token|sh =} )\n")
    server.look()

    [sentence] = troubles(database)
    assert "sh cannot read it" in sentence
    assert not [word for word in sentence.split() if word.count(".") > 1 and len(word) > 40]


def test_a_database_that_is_away_is_told_in_lines(templates: Templates, repo: MunkiRepo) -> None:
    templates.write("sites/london", GOOD)
    with (
        closing(Database("sqlite:////nowhere/x.sqlite3")) as database,
        structlog.testing.capture_logs() as lines,
    ):
        Server(database, repo, templates.folder).look()

    assert "there is no folder /nowhere" in str(lines[0])
    assert [line for line in lines if "exc_info" in line] == []
