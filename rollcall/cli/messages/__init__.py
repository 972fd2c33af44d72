"""Commands about what Rollcall tells others: alerts, mail, webhooks, and what is sent again."""
