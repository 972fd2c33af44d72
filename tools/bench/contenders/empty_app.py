"""The least that Flask can answer: what our own code adds is measured beside it."""

import sys

from flask import Flask

from rollcall.settings import ServerSettings
from rollcall.webserver.processes import WebServer
from rollcall.webserver.workers import Worker
from server.app import largest_body

app = Flask(__name__)


@app.get("/")
def nothing() -> str:
    """Nothing."""
    return ""


if __name__ == "__main__":
    defaults = ServerSettings.model_fields
    threads = defaults["threads"].default
    WebServer(
        lambda listeners: [Worker(app, *listeners, threads=threads, largest_body=largest_body)],
        address="127.0.0.1",
        ports={"PORT": int(sys.argv[1])},
        processes=defaults["workers"].default,
        grace=1,
    ).serve()
