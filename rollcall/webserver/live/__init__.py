"""The server of news: it tells the boards that are open which Macs have changed."""
