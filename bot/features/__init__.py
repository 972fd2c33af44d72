"""What people can do in Slack, one module a feature: its commands, its buttons, its windows."""

from bot.features import home, looking, registering, undoing

# Each has `attach(app, desk)`.
FEATURES = (registering, looking, undoing, home)
