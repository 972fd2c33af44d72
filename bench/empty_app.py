"""The least that Flask can answer: what our own code adds is measured beside it."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def nothing() -> str:
    """Nothing."""
    return ""
