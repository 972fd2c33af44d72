"""The page on Prometheus, the alerts and the dashboard: they name the metrics that there are."""

import json
import re

from infrastructure.database.engine import Database
from provisioning.monitoring.metrics.exposition import Exposition
from tests.support.installation import ROOT

PAGE = ROOT / "docs" / "how-to" / "prometheus.md"
FILES = ("prometheus/alerts.yml", "prometheus/alerts_test.yml", "grafana/rollcall.json")
ENDS = {"counter": ("_total",), "info": ("_info",), "gauge": ("",)}
_METRIC = re.compile(r"\brollcall_[a-z_]+[a-z]")
_IN_THE_TABLE = re.compile(r"^\| `(rollcall_\w+)` \|", re.MULTILINE)


def names(database: Database, **of_histograms: tuple[str, ...]) -> set[str]:
    """The names of all series, or what else those of histograms end in."""
    usable = {"database": True, "repo": True}
    exposed = Exposition(database, usable=lambda: usable, parts=(), version="1")
    ends = ENDS | of_histograms
    return {f"{each.name}{end}" for each in exposed.families() for end in ends[each.type]}


def test_the_page_lists_all_metrics_and_no_others(database: Database) -> None:
    listed = _IN_THE_TABLE.findall(PAGE.read_text())

    assert len(set(listed)) == len(listed)
    assert set(listed) == names(database, histogram=("",))


def test_alerts_and_dashboard_ask_for_nothing_that_is_not_there(database: Database) -> None:
    there = names(database, histogram=("_bucket", "_sum", "_count"))

    for name in FILES:
        asked = set(_METRIC.findall((ROOT / "deploy" / name).read_text()))
        assert asked
        assert asked - there == set(), name


def test_each_metric_is_on_the_dashboard(database: Database) -> None:
    panels = json.loads((ROOT / "deploy" / FILES[-1]).read_text())["panels"]
    shown = set(_METRIC.findall(json.dumps(panels)))

    unshown = names(database, histogram=("_bucket",)) - shown
    assert unshown == {"rollcall_prestaged_total"}
