"""Alerts: what admins are told elsewhere when Slack, or what it is told through, is what broke.

`conditions` look at the installation and at this machine. A `watcher` in one process of each
machine compares what they find with what was told (`ledgers`), and tells the `targets`.
"""
