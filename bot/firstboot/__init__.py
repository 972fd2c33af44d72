"""First boots in Slack: unknown Macs and benches."""
