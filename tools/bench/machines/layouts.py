"""Layouts of a repo's own beside the one that is the default: Macs' calls in each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from provisioning.munki.layout import DEFAULT
from provisioning.policy import load
from tests.support.inputs.samples import BUILDS, SITES, sample_repo
from tests.support.installation import Installation
from tools.bench.contenders import contenders
from tools.bench.harness.effort import Effort
from tools.bench.harness.load import Load, compared
from tools.bench.harness.rounds import interleaved
from tools.bench.harness.table import Row
from tools.bench.machines import manifests, scripts

AS_FAST = 0.95  # times
_SITES = ", ".join(f'"{site}" = "site_{site}"' for site in SITES)
_BUILDS = ", ".join(f'"{build}" = "role_{build}"' for build in BUILDS)
TABLES = {
    "prefix": 'sites = {prefix = "site_"}\nbuilds = {prefix = "role_"}\n',
    "names": f"sites = {{names = {{{_SITES}}}}}\nbuilds = {{names = {{{_BUILDS}}}}}\n",
    "match": 'sites = {match = "*/", include = false}\nbuilds = {match = "{site}/*"}\n',
}
WORKLOADS: Mapping[str, Callable[[str, Effort], Callable[[int], Load]]] = {
    "GET script": scripts.get,
    "POST manifest, retries, nothing to change": manifests.retries,
    "POST manifest, first boots": manifests.first_boots,
    "POST manifest, every call another site": manifests.moving,
}


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Each kind of call in each layout."""
    folder.mkdir()
    with ExitStack() as running:
        urls = {
            name: running.enter_context(_server(folder / name, table, effort)).url
            for name, table in {"default": "", **TABLES}.items()
        }
        for what, workload in WORKLOADS.items():
            loads = interleaved(
                effort.rounds, {name: workload(url, effort) for name, url in urls.items()}
            )
            for name in TABLES:
                kind = f"{what}, a layout of {name}"
                yield compared(kind, loads[name], "the default", loads["default"], AS_FAST)


def _server(folder: Path, table: str, effort: Effort) -> AbstractContextManager[Installation]:
    """A server of a repo that has its sites and builds in the places of all layouts."""
    manifests_folder = sample_repo(folder / "munki_repo") / "manifests"
    included = manifests_folder / "included_manifests"
    for site in SITES:
        (manifests_folder / f"site_{site}").write_bytes((included / "sites" / site).read_bytes())
        (manifests_folder / site).mkdir()
        for build in BUILDS:
            content = (included / "builds" / build).read_bytes()
            (manifests_folder / f"role_{build}").write_bytes(content)
            (manifests_folder / site / build).write_bytes(content)
    policy = folder / "policy.toml"
    policy.write_text(f"[munki]\n{table}" if table else "")
    return contenders.rollcall(
        folder,
        macs=manifests.registered(effort),
        settings={"ROLLCALL_POLICY": str(policy)},
        layout=load(policy).munki.layout if table else DEFAULT,
    )
