"""Rollcall watched by Prometheus: alerts, the queries of the dashboard, counters that stay."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from infrastructure.database.engine import Database
from infrastructure.execution.loop import utc_now
from infrastructure.heartbeats import store
from infrastructure.heartbeats.files import Beat
from infrastructure.jobs import queue
from provisioning.access import refusals
from provisioning.monitoring.metrics.tallies import Tallies
from provisioning.outbox import outbox
from provisioning.outbox.models import PARKED, Notification
from tests.fakes.slack import Workspace
from tests.server.machines.asked import registered
from tests.support.databases.postgres import free_port
from tests.support.installation import CHANNEL, ROOT, Install, Installation
from tests.support.installing import packages
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

DEPLOY = ROOT / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = json.loads((DEPLOY / "grafana" / "rollcall.json").read_text())
_METRIC = re.compile(r"rollcall_\w+")
# What Grafana puts in the place of its variables.
VARIABLES = {"$__rate_interval": "5m", "$site": ".*", "${datasource}": "prometheus"}


def alerts() -> list[dict[str, Any]]:
    """The alert rules."""
    [group] = yaml.safe_load(ALERTS.read_text())["groups"]
    return list(group["rules"])


def queries() -> Iterator[str]:
    """The queries of the dashboard, as Grafana sends them."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            query: str = target["expr"]
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            assert "$" not in query
            yield query


def metrics_in(queries: Sequence[str]) -> set[str]:
    return {name for query in queries for name in _METRIC.findall(query)}


def test_each_alert_says_what_it_should_when_it_should() -> None:
    promtool = packages.program("promtool")
    for command in (["check", "rules", ALERTS.name], ["test", "rules", "alerts_test.yml"]):
        tried = subprocess.run(
            [promtool, *command], cwd=ALERTS.parent, capture_output=True, text=True, check=False
        )
        assert tried.returncode == 0, tried.stdout + tried.stderr
    tested = (ALERTS.parent / "alerts_test.yml").read_text()
    assert [rule["alert"] for rule in alerts() if f"alertname: {rule['alert']}" not in tested] == []


def test_the_example_is_what_prometheus_takes() -> None:
    subprocess.run(
        [packages.program("promtool"), "check", "config", "--syntax-only", "prometheus.yml"],
        cwd=ALERTS.parent,
        capture_output=True,
        check=True,
    )


def test_the_alert_about_guesses_knows_the_reasons_that_are_guesses() -> None:
    [rule] = [rule for rule in alerts() if rule["alert"] == "RollcallGuesses"]
    [listed] = re.findall(r'reason=~"([^"]+)"', rule["expr"])

    reasons = {*refusals.REASONS}
    harmless = {refusals.NOTHING_SENT, refusals.EXPIRED, refusals.EARLY, refusals.ELSEWHERE}
    harmless |= {refusals.ONE_JSON, refusals.OLD_SIGNATURE}
    assert set(listed.split("|")) == {each for each in reasons if isinstance(each, str)} - harmless


def test_the_panels_of_the_dashboard_are_whole_and_do_not_overlap() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
        assert panel["title"]
        assert panel["type"] == "row" or panel["targets"]
        for target in panel.get("targets", ()):
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


@soak_only("promtool tries each alert; the tests of its page hold the names in all queries")
def test_all_queries_have_answers_in_prometheus_and_an_alert_goes_off(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    settings = {"ROLLCALL_METRICS_PORT": str(free_port())}
    with install(tmp_path, repo_folder, slack.api_url, settings=settings) as rollcall:
        busy(rollcall)
        rollcall.start("server")
        rollcall.wait_until_ready()
        with watched(rollcall, tmp_path) as prometheus:
            eventually(
                lambda: prometheus.value("min(count_over_time(rollcall_build_info[1m]))") > 2
            )

            told = prometheus.names()
            assert metrics_in([*queries(), *(rule["expr"] for rule in alerts())]) <= told
            assert [query for query in queries() if not prometheus.answers(query)] == []
            for rule in alerts():
                prometheus.answers(rule["expr"])  # raises where it cannot be run
            eventually(lambda: "RollcallOutboxStuck" in prometheus.alerts())
            assert "RollcallDown" not in prometheus.alerts()


def busy(rollcall: Installation) -> None:
    """Have something of everything in the database."""
    with closing(Database(rollcall.environment["ROLLCALL_DATABASE_URL"])) as database:
        registered(database, "C02AAA")
        ago = utc_now() - timedelta(minutes=20)
        with database.begin() as session:
            queue.enqueue(session, "export", {}, at=ago)
            outbox.enqueue_news(session, channel="C0IMAGING", sentence="News.", at=ago)
            refused = Notification(state=PARKED, key="k", channel="C0GONE", kind="news", facts={})
            refused.occurred_at = ago
            session.add(refused)
            store.note(session, Beat("relay", "a:1:x", 1, 0.0), "a")
        counts = Tallies(database)
        for outcome in ("sent", "refused"):
            counts.delivery("card", outcome)
            counts.job("export", outcome)
        counts.first_boot("london", 600)
        counts.prestaged("london")
        counts.refusal(refusals.WRONG)
        counts.repo_call("folder", "write", 0.1, failed=True)
        counts.request("GET", "/script", 200, 0.1)
        counts.request("GET", "/script", 503, 0.1)


class Prometheus:
    """A Prometheus that scrapes Rollcall."""

    def __init__(self, url: str) -> None:
        self._url = url

    def answers(self, query: str) -> list[Any]:
        """The answer to a query; raises where it cannot be run."""
        answer = requests.post(f"{self._url}/api/v1/query", data={"query": query}, timeout=10)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"]["result"])

    def value(self, query: str) -> float:
        """The value of a query with one answer; 0 while there is none."""
        found = self.answers(query)
        return float(found[0]["value"][1]) if found else 0

    def is_ready(self) -> bool:
        """True where it answers queries."""
        try:
            return requests.get(f"{self._url}/-/ready", timeout=10).ok
        except requests.ConnectionError:
            return False

    def names(self) -> set[str]:
        """The names of all series."""
        answer = requests.get(f"{self._url}/api/v1/label/__name__/values", timeout=10)
        return set(answer.json()["data"])

    def alerts(self) -> set[str]:
        """The alerts that go off, or will."""
        answer = requests.get(f"{self._url}/api/v1/alerts", timeout=10)
        return {alert["labels"]["alertname"] for alert in answer.json()["data"]["alerts"]}


@contextmanager
def watched(rollcall: Installation, folder: Path) -> Iterator[Prometheus]:
    """Run a Prometheus beside Rollcall, with the alerts, and look twice a second."""
    target = f"127.0.0.1:{rollcall.environment['ROLLCALL_METRICS_PORT']}"
    config = {
        "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms"},
        "rule_files": [str(ALERTS)],
        "scrape_configs": [{"job_name": "rollcall", "static_configs": [{"targets": [target]}]}],
    }
    config["global"]["evaluation_interval"] = "500ms"  # type: ignore[index]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                packages.program("prometheus"),
                f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/prometheus",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        prometheus = Prometheus(f"http://127.0.0.1:{port}")
        eventually(prometheus.is_ready)
        yield prometheus
    finally:
        process.terminate()
        process.wait(timeout=30)


@soak_only("four processes start; tests of the tallies hold what is kept, and by whom")
def test_no_counter_falls_when_a_worker_is_killed_and_the_server_comes_back(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    settings = {"ROLLCALL_METRICS_PORT": str(free_port())}
    with install(tmp_path, repo_folder, slack.api_url, settings=settings) as rollcall:
        busy(rollcall)
        rollcall.start("server", "relay", "jobs")
        rollcall.wait_until_ready()
        before = counters(rollcall)

        requests.get(f"{rollcall.url}/nowhere", timeout=10)
        [worker] = workers(rollcall)
        worker.send_signal(signal.SIGKILL)
        rollcall.wait("server", timeout=30)  # the others end with it
        eventually(lambda: len(slack.channels[CHANNEL].messages) == 2)  # the card, the news
        assert rollcall.stop("relay", "jobs") == {"relay": 0, "jobs": 0}
        rollcall.start("server")
        rollcall.wait_until_ready()
        after = counters(rollcall)

    assert before['rollcall_requests_total method="GET",route="/script",status="503"'] == 1
    assert after['rollcall_deliveries_total kind="news",outcome="sent"'] == 1
    assert any(name.startswith('rollcall_jobs_run_total kind="export"') for name in after)
    assert {name: value for name, value in before.items() if after[name] < value} == {}


def workers(rollcall: Installation) -> list[psutil.Process]:
    """The workers of a server, which boot.sh has become."""
    return psutil.Process(rollcall.pid("server")).children()


def counters(rollcall: Installation) -> dict[str, float]:
    """The counters, by name and labels."""
    port = rollcall.environment["ROLLCALL_METRICS_PORT"]
    text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    return {
        f"{sample.name} "
        + ",".join(f'{name}="{value}"' for name, value in sample.labels.items()): (sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if family.type in ("counter", "histogram")
    }
