"""A worker that notes whatever a reader does beyond reading its bytes; run by test_hostile.py.

The notes go to the file that ``WATCHED`` names. What libraries in C do is not seen here: the tests
look for that in the folder and at the server that hostile files name.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from index import worker

_NOTES = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND)
_NEVER = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request")
_NEVER += (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.startfile",
    "pty.spawn",
)
_NEVER += ("os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "os.truncate", "os.chmod")
_NEVER += ("shutil.copyfile", "shutil.move", "shutil.unpack_archive", "tempfile.mkstemp")
_NEVER += ("ftplib.connect", "smtplib.connect", "webbrowser.open", "pickle.find_class", "exec.file")


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _NEVER or (event == "open" and _writes(*arguments[:3])):
        os.write(_NOTES, f"{event} {arguments!r}\n".encode("utf-8", "replace"))


def _writes(path: Any, mode: str | None, flags: int) -> bool:
    if isinstance(path, int) or str(path).endswith((".pyc", "/dev/null")) or ".pyc." in str(path):
        return False
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) if isinstance(flags, int) else False


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.addaudithook(_note)
    worker.main()
