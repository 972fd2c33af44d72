"""Alerts: what admins are told elsewhere when Slack, or what it is told through, is what broke.

`conditions` look at the installation and at this machine. In one process of each machine a
`watcher` compares what they find with what was told (`ledgers`), and tells the `targets`.
"""
