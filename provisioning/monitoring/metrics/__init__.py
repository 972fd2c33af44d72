"""Metrics for Prometheus: what the database holds at a scrape, and what processes count.

`counted` lists what processes count. Each counts in memory (`tallies`), and adds that to the
database (`models`) every few seconds, so what a process counted outlives it. `macs` and `backlog`
count rows. `exposition` puts all of it together, for any server that is asked.
"""
