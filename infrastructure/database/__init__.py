"""The database: engine, connections, statements, schema."""
