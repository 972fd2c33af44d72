"""Budgets: the time that one test may take, by what it asks for. One that takes more fails.

Tests have seconds of the processor, their child processes' included, and more of them where they
ask for a real part; whole journeys have seconds of the clock, since they wait for processes that
they do not wait for in the sense of the operating system. Fixtures that several tests share do
not count.
"""

import os
import resource
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

# The margin for a processor that others use too: its caches and its other half are theirs.
MARGIN = 2.5
REFERENCE = 0.011  # seconds of the processor that `_loop` takes on the machine of the budgets
LOOPS = 100_000


@dataclass(frozen=True, slots=True)
class Budget:
    """The seconds that one test may take, of the clock or of the processor."""

    seconds: float
    of_the_clock: bool = False


ALONE = Budget(0.2)
WITH_PARTS = Budget(1.0)
JOURNEY = Budget(8.0, of_the_clock=True)
JOURNEYS = "journeys"  # the folder

# Fixtures that are real parts: a database, a stand-in Slack, a web server, a repo elsewhere.
# What is made of one of them counts too.
PARTS = frozenset(
    {
        "database_url",
        "migrated_sqlite",
        "postgresql",
        "slack",
        "port",
        "ground",
        "remote",
        "copy",
        "s3_process",
    }
)

# Tests that may take longer: a file, or a test in it; seconds, and the reason.
PROPERTY = "tries many examples"
LONGER: dict[str, tuple[float, str]] = {
    "access/test_ldap.py": (4, "asks a directory in a process of its own each time"),
    "test_command_line.py::test_ctrl_c_while_a_command_works_ends_it_unless_it_is_deaf": (
        2,
        "starts a process, which loads all that a restore needs",
    ),
    "suite/test_forked_runs.py": (1, "starts pytest, which starts processes"),
    "manifests/test_other_peoples_manifests.py": (0.5, "writes each manifest of others anew"),
    "test_documentation.py::test_what_comes_from_the_code_is_as_the_code_is": (
        0.5,
        "makes the API's document of all its models",
    ),
    "templates/test_extended_templates.py": (
        0.5,
        "renders scripts for all places, which sh reads, or calls itself until Python refuses",
    ),
    "test_layout.py::test_each_test_module_is_about_the_code_of_its_folder": (
        0.6,
        "reads all modules of the tests",
    ),
    "test_demo_page.py::test_the_story_of_the_terminal_comes_to_its_end": (
        15,
        "boots three Macs one after the other",
    ),
    "test_each_answer.py::test_each_answer_of_the_document_is_given": (
        4,
        "gives all answers of all routes, of which one test has to know",
    ),
    "test_pages.py::test_axe_finds_nothing_serious_on_any_page": (
        20,
        "looks at all pages of the board, in one window",
    ),
    "test_packages.py::test_root_on_debian_installs_what_is_missing_and_nobody_else_does": (
        0.6,
        "starts a process that looks for all packages",
    ),
    "test_sbom.py::test_the_sbom_names_what_is_installed_in_the_form_of_cyclonedx": (
        2,
        "holds a thousand packages against a large schema",
    ),
    "test_chart.py::test_a_name_that_yaml_takes_for_something_else_stays_a_name": (
        0.5,
        "renders two installations, and holds their objects against the schemas",
    ),
    "test_keys_and_routes.py::test_a_credential_opens_what_it_is_for_and_nothing_else": (
        2.5,
        "asks each route with each credential",
    ),
    "test_chart.py::test_every_object_is_one_that_kubernetes_takes": (
        2,
        "holds 25 objects against the schemas of two versions",
    ),
    "test_links.py::test_a_server_killed_at_any_line_leaves_a_link_to_a_whole_file": (
        2,
        "forks for each line",
    ),
    "test_places.py::test_a_million_pairs_of_sites_and_builds_are_not_all_tried": (
        1,
        "makes two thousand files, and renders some hundred scripts",
    ),
    "test_checked_templates.py::test_without_a_database_what_is_good_is_served_all_the_same": (
        1,
        "has a database of its own, and sh read each script, as the tests beside it",
    ),
    "provisioning/clients/imagr/test_faults.py": (0.5, "makes Imagr's config for each row"),
    "provisioning/imports/parsing/test_formats.py": (0.5, "starts processes that read for us"),
    "test_shared_buckets.py::test_who_has_the_repo_in_a_folder_does_not_carry_what_buckets_need": (
        0.5,
        "starts a process to see what it loads",
    ),
    # Property tests, which try many examples
    "test_client_address.py::test_whatever_is_said_to_be_an_address_is_short_and_in_one_line": (
        2,
        PROPERTY,
    ),
    "parsing/test_tables.py::test_what_csv_wrote_is_read_back": (1, PROPERTY),
    "test_imagr_schema.py::test_whatever_a_property_list_holds_it_is_judged_and_nothing_breaks": (
        1,
        PROPERTY,
    ),
    "provisioning/munki/manifests/test_merging.py": (0.5, PROPERTY),
    "provisioning/munki/manifests/test_reading.py": (0.5, PROPERTY),
    "provisioning/access/test_bound_tokens.py": (0.5, PROPERTY),
    "provisioning/access/test_tokens.py": (1, f"{PROPERTY}, which it may be the first to draw"),
    "bot/commands/test_grammar.py": (0.5, PROPERTY),
    "provisioning/imports/parsing/test_entries.py": (0.5, PROPERTY),
    "provisioning/imports/parsing/test_text.py": (0.5, PROPERTY),
    "provisioning/policy/test_name_patterns.py": (0.5, PROPERTY),
    "provisioning/policy/test_hours.py": (0.5, PROPERTY),
    "bot/slack/test_catalogs.py": (0.5, "draws every message and window in a language"),
    "provisioning/munki/manifests/test_munki_clients.py": (0.5, PROPERTY),
    "provisioning/munki/manifests/test_line_feeds.py": (0.5, PROPERTY),
    "test_slack_requests.py::test_whatever_comes_is_answered": (1.5, PROPERTY),
    # Pictures
    "provisioning/imports/photos/test_photos.py": (1.5, "reads codes out of photographs"),
    "provisioning/monitoring/charts/test_charts.py": (0.8, "draws charts"),
    "provisioning/monitoring/charts/test_chart_words.py": (0.8, "draws charts"),
    "provisioning/clients/imagr/test_background.py": (
        0.8,
        "draws pictures in a process of its own",
    ),
    # Much of something
    "provisioning/munki/manifests/test_writing.py": (0.8, "writes manifests of some MiB"),
    "provisioning/munki/test_assignment.py": (1, "writes a manifest of 4 MiB"),
    "provisioning/imports/parsing/test_hostile_lists.py": (1.5, "reads hundreds of odd lists"),
    "provisioning/imports/parsing/formats/test_workbooks.py": (1, "unpacks much"),
    "corpora/intake/test_floors.py": (2, "reads nearly four hundred lists"),
    "provisioning/clients/imagr/test_config.py": (1, "has more than Imagr can be told"),
    "server/auth/throttling/test_slowing.py": (0.8, "has many addresses guess"),
    "bot/imports/test_dropped_files.py": (1.5, "reads photos and a thousand lines"),
    "docs/test_public_surface.py": (1.5, "loads all of Rollcall"),
    "infrastructure/database/test_schema.py": (0.5, "runs all migrations"),
    "infrastructure/database/schema/test_migrations.py": (1, "runs all migrations"),
    "infrastructure/database/schema/test_versions.py": (1, "runs all migrations, and back"),
    "test_unready_databases.py::test_a_server_whose_database_was_never_migrated_is_not_ready": (
        1,
        "runs all migrations",
    ),
    # Processes that are started
    "rollcall/webserver/test_attackers.py": (0.5, "sends answers of 16 MiB to many connections"),
    "rollcall/webserver/test_long_answers.py": (0.5, "sends answers of some 30 MiB"),
    "rollcall/webserver/test_processes.py": (0.8, "starts a web server of three processes"),
    "provisioning/munki/test_races.py": (1, "has processes race"),
    "infrastructure/filesystem/test_mounts.py": (1.2, "has processes hold locks"),
    "provisioning/clients/test_scripts.py": (1, "starts shells"),
    "provisioning/clients/test_unplaced_scripts.py": (1, "starts shells"),
    "provisioning/clients/imagr/test_imagr_script.py": (0.5, "starts shells"),
    "infrastructure/execution/test_sandbox.py": (
        0.8,
        "starts processes that read for us, one of them for ever",
    ),
    "infrastructure/heartbeats/test_heartbeat_files.py": (0.5, "starts processes that beat"),
    "fakes/slack/sending/test_sockets.py": (0.8, "opens eleven connections"),
    "rollcall/test_signals.py": (0.4, "starts a process that is asked to end"),
    "rollcall/test_version.py": (0.4, "starts git, and Python to say a version"),
    "rollcall/test_application.py": (1, "opens a worker with all that it may have"),
    "rollcall/cli/test_adopting.py": (1, "starts git, and Rollcall to see what it loads"),
    "rollcall/cli/test_backup_commands.py": (2, "types a command in a process of its own"),
    "provisioning/outbox/test_held_posts.py": (
        4,
        "goes through an hour of a Slack that holds what it is sent",
    ),
    "soak/fuzz/test_fuzz.py": (2, "sends hundreds of inputs"),
    # Journeys
    "journeys/operations/test_health.py": (
        12,
        "waits until processes are given up, and for Slack to be back",
    ),
}


def budget_of(path: Path, test: str, fixtures: Collection[str] = ()) -> Budget:
    """The budget of a test: of a file below `tests`, a name without parameters, and fixtures."""
    budget = WITH_PARTS if PARTS.intersection(fixtures) else ALONE
    if path.parts[0] == JOURNEYS:
        budget = JOURNEY
    for name, (seconds, _) in LONGER.items():
        file, _, only = name.partition("::")
        if file.endswith(path.name) and path.match(file) and only in ("", test):
            return Budget(seconds, budget.of_the_clock)
    return budget


def excess(budget: Budget, spent: "Expense") -> str:
    """The sentence about a test that spent more than its budget; empty where it did not."""
    seconds = spent.clock if budget.of_the_clock else spent.processor
    allowed = _allowed(budget)
    if seconds > allowed:
        _slowness.cache_clear()  # a machine that is shared may have become slower since
        allowed = max(allowed, _allowed(budget))
    if seconds <= allowed:
        return ""
    kind = "the clock" if budget.of_the_clock else "the processor"
    return (
        f"The test took {seconds:.2f} seconds of {kind}; its budget is {budget.seconds:g}, on this"
        f" machine now {allowed:.2f}. Make it cheaper, or name it in {Path(__file__).name}."
    )


def _allowed(budget: Budget) -> float:
    return budget.seconds * MARGIN * (_load() if budget.of_the_clock else _slowness())


class Expense:
    """The time that a test has spent so far, in seconds."""

    def __init__(self) -> None:
        self.processor = self.clock = 0.0
        self._shared = False

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what the block takes."""
        processor, clock = _processor(), time.monotonic()
        try:
            yield
        finally:
            self.processor += _processor() - processor
            self.clock += time.monotonic() - clock

    @contextmanager
    def not_counting(self) -> Iterator[None]:
        """Leave out what the block takes, inside one that counts."""
        if self._shared:
            yield
            return
        processor, clock, self._shared = _processor(), time.monotonic(), True
        try:
            yield
        finally:
            self.processor -= _processor() - processor
            self.clock -= time.monotonic() - clock
            self._shared = False


def _processor() -> float:
    """Seconds of the processor that this process has had, and its children that ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@cache
def _slowness() -> float:
    """The time of this machine as a multiple of the time of the budgets' machine; at least 1."""
    return max(1.0, median(_loop() for _ in range(5)) / REFERENCE)


def _loop() -> float:
    """Seconds of the processor that a fixed piece of work takes."""
    began = time.process_time()
    sum(number * number for number in range(LOOPS))
    return time.process_time() - began


def _load() -> float:
    """The number of processes that want each processor, at least 1, multiplied by the slowness."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)) * _slowness()
