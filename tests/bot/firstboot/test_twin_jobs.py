"""The job that carries over a twin's entries, where it cannot."""

from typing import Any, cast

import pytest

from bot.firstboot.twin_jobs import CarryOverJob
from provisioning.firstboot.decisions.carrying import TwinManifests
from provisioning.munki.errors import RepoUnusable


class Away:
    """Manifests in a repo that is away."""

    def settle(self, _: int) -> None:
        raise RepoUnusable("there is no folder")


def test_while_the_repo_is_away_it_is_tried_again() -> None:
    """The job lets the error through; of its kind, the job runner tries again."""
    job = CarryOverJob(cast("TwinManifests", cast("Any", Away())))

    with pytest.raises(RepoUnusable, match="there is no folder"):
        job.do({"act": 1})
