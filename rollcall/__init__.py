"""The composition root: settings become processes, and the two doors meet where one serves both."""
