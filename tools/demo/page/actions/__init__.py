"""Actions: what a person does on the page."""
