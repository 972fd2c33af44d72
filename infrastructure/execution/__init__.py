"""Ways to execute work: in a loop, again after failures, in batches, in a confined process."""
