"""Mails: the message, what it quotes of earlier ones, and what is attached.

Each message of a thread stands under its own author and date, whether it was sent along, quoted
below the answer, or between its lines.
"""

from index.readers.mail.eml import read_eml
from index.readers.mail.files import attachments
from index.readers.mail.msg import read_msg

__all__ = ["attachments", "read_eml", "read_msg"]
