"""Checked values: serials and names of computers."""
