"""A real slapd as a process of the tests, with people and nested groups in it."""
