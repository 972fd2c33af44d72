"""The server of news: it tells open boards which Macs have changed."""
