"""What people can do in Slack, one module a feature: its commands, its buttons, its windows."""

from bot.features import digest, doctor, looking, registering, statistics, undoing

# Each has `attach(app, desk)`.
FEATURES = (registering, looking, undoing, statistics, digest, doctor)
