"""E-mail: the news of Slack's channels for people who read mail; a transport of the outbox.

`gathering` copies news from Slack's queue, `audience` finds their readers, `drawing` makes mails of
them, and `transport` sends these.
"""
