"""The schema of the database: its versions, and the migrations from one to the other."""
