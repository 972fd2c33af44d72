"""What people can do in Slack, one module a feature: its commands, its buttons, its windows."""

from bot.features import home, looking, macs, registering, undoing

# Each has `attach(app, desk)`.
FEATURES = (registering, macs, looking, undoing, home)
