"""The outbox: a queue of messages in the database, and the relays that deliver them."""
