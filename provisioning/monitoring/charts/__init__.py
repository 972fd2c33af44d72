"""The statistics as a picture. Imports Pillow, so only background processes import this."""

from provisioning.monitoring.charts.chart import Picture, draw

__all__ = ["Picture", "draw"]
