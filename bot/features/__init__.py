"""What people can do in Slack, one module a feature: its commands, its buttons, its windows."""

from bot.features import (
    dropping,
    filling,
    importing,
    looking,
    registering,
    shortcuts,
    stepping,
    undoing,
)

# Each has `attach(app, desk)`.
FEATURES = (
    registering,
    importing,
    filling,
    dropping,
    shortcuts,
    stepping,
    looking,
    undoing,
)
