"""The statistics as a picture. Imports Pillow: only what draws in the background imports this."""

from provisioning.monitoring.charts.chart import Picture, draw

__all__ = ["Picture", "draw"]
