"""The outbox: a queue of messages for Slack in the database, and the relay that delivers them."""
