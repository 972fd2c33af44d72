"""What people can do in Slack, one module a feature: its commands, its buttons, its windows."""

from bot.features import filling, importing, looking, registering, undoing

# Each has `attach(app, desk)`.
FEATURES = (registering, importing, filling, looking, undoing)
