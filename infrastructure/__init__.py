"""Infrastructure: the database, files, jobs and processes, without any knowledge of Macs."""
