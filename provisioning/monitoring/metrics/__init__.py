"""Metrics for Prometheus: numbers of rows at a scrape, and counts of processes.

`counted` lists the counts of processes. A process counts in memory (`tallies`) and adds its counts
to the database (`models`) every few seconds, so they outlive it. `macs` and `backlog` count rows.
`exposition` brings all of them together; any server has it.
"""
