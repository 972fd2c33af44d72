"""Stand-ins for mail servers: a strict one, which is aiosmtpd, and hostile ones."""

from tests.fakes.smtp.hostile import raw
from tests.fakes.smtp.server import Mailbox, running

__all__ = ["Mailbox", "raw", "running"]
