"""The stand-in Slack as a page: a place to play, on this machine only."""
