"""A Munki repo in a bucket."""
