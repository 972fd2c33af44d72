"""Commands about messages: alerts, mail, webhooks, and the sending again of refused ones."""
