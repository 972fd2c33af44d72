"""Statistics and the digest, in Slack."""
