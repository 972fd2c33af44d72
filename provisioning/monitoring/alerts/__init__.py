"""Alerts, which reach admins elsewhere while Slack, or the way to it, is broken.

`conditions` examine the installation and this machine. In one process of each machine a `watcher`
compares their findings with the alerts that were sent (`ledgers`), and tells the `targets`.
"""
