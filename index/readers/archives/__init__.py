"""Archives: the files in a ZIP or TAR, or the one in a GZ, BZ2 or XZ, unpacked in memory only.

Nothing is written to disk, and no link is followed. An archive can claim to hold more than any
disk does, so whatever is unpacked, an archive within an archive included, counts against one
:class:`Budget`.
"""

from index.readers.archives.limits import MAX_MEMBER_BYTES, Budget
from index.readers.archives.member import Member
from index.readers.archives.opening import SUFFIXES, is_archive, members

__all__ = ["MAX_MEMBER_BYTES", "SUFFIXES", "Budget", "Member", "is_archive", "members"]
