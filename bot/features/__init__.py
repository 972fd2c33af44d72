"""What people can do in Slack, one module a feature: its commands, its buttons, its windows."""

from bot.features import (
    benches,
    deciding,
    digest,
    doctor,
    dropping,
    filling,
    home,
    importing,
    looking,
    macs,
    naming,
    previewing,
    registering,
    restoring,
    shortcuts,
    statistics,
    stepping,
    strangers,
    undoing,
)

# Each has `attach(app, desk)`.
FEATURES = (
    *(registering, macs, naming, looking, previewing, undoing, restoring),
    *(home, strangers, benches),
    *(statistics, digest, doctor),
    *(importing, deciding, filling, dropping, shortcuts, stepping),
)
