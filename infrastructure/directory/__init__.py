"""LDAP directories: people with their passwords and groups, asked in a process of its own."""
