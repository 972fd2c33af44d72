"""Families of what processes counted, made of the sums in the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from sqlalchemy.orm import Session

from provisioning.monitoring.metrics import tallies
from provisioning.monitoring.metrics.counted import COUNTED, OF_SITES, Counted
from provisioning.monitoring.metrics.labels import Labels, few, summed
from provisioning.monitoring.metrics.tallies import BOUND, SUM

Sum = tuple[dict[str, str], float]


def families(session: Session) -> Iterator[Metric]:
    """Yield a counter or a histogram for each metric, without any sample where nothing was counted.

    Sums of other metrics, which another release counts, are left out.
    """
    by_metric: defaultdict[str, list[Sum]] = defaultdict(list)
    for name, labels, value in tallies.sums(session):
        by_metric[name].append((labels, value))
    for metric in COUNTED:
        if metric.bounds:
            yield _histogram(metric, by_metric[metric.name], by_metric[metric.name + SUM])
        else:
            yield _counter(metric, by_metric[metric.name])


def _counter(metric: Counted, sums: Iterable[Sum]) -> Metric:
    family = CounterMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    rows = [(_labels(metric, labels), value) for labels, value in sums]
    if metric.labels == OF_SITES:
        # Those that were counted first keep their names, so that no sum falls.
        named = few(site for (site,), _ in rows)
        rows = [((named(site),), value) for (site,), value in rows]
    for labels, value in summed(rows).items():
        family.add_metric(labels, value)
    return family


def _histogram(metric: Counted, buckets: Iterable[Sum], seconds: Iterable[Sum]) -> Metric:
    family = HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    total = summed((_labels(metric, labels), value) for labels, value in seconds)
    by_labels: defaultdict[Labels, dict[str, float]] = defaultdict(dict)
    for labels, value in buckets:
        by_labels[_labels(metric, labels)][labels[BOUND]] = value
    for key, counts in by_labels.items():
        family.add_metric(key, list(_rising(metric, counts)), total.get(key, 0.0))
    return family


def _rising(metric: Counted, counts: dict[str, float]) -> Iterator[tuple[str, float]]:
    """The buckets as Prometheus has them: each with what is in the smaller ones too."""
    total = 0.0
    for bound in metric.buckets:
        total += counts.get(bound, 0.0)
        yield bound, total


def _labels(metric: Counted, labels: dict[str, str]) -> Labels:
    return tuple(labels.get(name, "") for name in metric.labels)
