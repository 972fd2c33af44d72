"""The domain: what happens between a serial said in Slack and a manifest in the Munki repo."""
