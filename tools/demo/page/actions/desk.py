"""Actions of a person with the Macs on the bench."""

from flask import Blueprint, Response, request

from tools.demo.page.actions.notices import notice
from tools.demo.page.bench import DemoMacs


def desk(bench: DemoMacs) -> Blueprint:
    """The routes of the bench."""
    routes = Blueprint("desk", __name__)

    @routes.post("/bench")
    def add() -> Response:
        form = request.form
        bench.add(
            form.get("serial", ""),
            site=form.get("site") or "london",
            build=form.get("build") or "basic",
        )
        return notice()

    @routes.post("/bench/<serial>/<any(boot, unplug, mislabel):deed>")
    def use(serial: str, deed: str) -> Response:
        {"boot": bench.boot, "unplug": bench.unplug, "mislabel": bench.mislabel}[deed](serial)
        return notice()

    return routes
