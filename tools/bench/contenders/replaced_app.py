"""The kind of app that Rollcall replaces, written from its HTTP contract for the bench.

One Flask file without a database, without fsync and without checks. Never deploy it.
"""

import os
import plistlib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from flask import Flask, Response, render_template, request

Arguments = ParamSpec("Arguments")
View = Callable[Arguments, Response | str]

app = Flask(__name__, template_folder=".")


def requires_auth(view: View[Arguments]) -> View[Arguments]:
    """Have a view ask for the user name and the password."""

    @wraps(view)
    def decorated(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Response | str:
        auth = request.authorization
        expected = os.environ["BOOTSTRAP_USERNAME"], os.environ["BOOTSTRAP_PASSWORD"]
        if not auth or (auth.username, auth.password) != expected:
            return Response("Log in", 401, {"WWW-Authenticate": 'Basic realm="Login Required"'})
        return view(*args, **kwargs)

    return decorated


@app.get("/")
@requires_auth
def script() -> Response:
    """The script, with whatever the headers say pasted into it."""
    return Response(
        render_template(
            "replaced_script.txt",
            site=request.headers.get("X-bootstrap-site"),
            build=request.headers.get("X-bootstrap-build"),
            url=os.environ["BOOTSTRAP_URL"],
            username=os.environ["BOOTSTRAP_USERNAME"],
            password=os.environ["BOOTSTRAP_PASSWORD"],
        ),
        mimetype="text/plain",
    )


@app.route("/gen_manifest", methods=["GET", "POST"])
@requires_auth
def gen_manifest() -> Response | str:
    """Overwrite the manifest in place."""
    if not all(field in request.form for field in ("serial", "site", "build")):
        return Response("Missing field", 403)
    path = Path(os.environ["MUNKI_REPO"]) / "manifests" / request.form["serial"]
    manifest = {"catalogs": ["production"]}
    if path.exists():
        manifest = plistlib.loads(path.read_bytes())
    manifest["included_manifests"] = [
        "site_default",
        f"included_manifests/sites/{request.form['site']}",
        f"included_manifests/builds/{request.form['build']}",
    ]
    path.write_bytes(plistlib.dumps(manifest))
    return "Manifest saved"
