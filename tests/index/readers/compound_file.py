"""Writes Compound Files ([MS-CFB]), of which MSG files are made, for tests."""

import struct

_FREE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SMALL = 4096
"""Streams below this lie in small sectors."""


def compound_file(tree):
    """A file with these streams: {"name": b"bytes", "folder": {"name": b"bytes"}}."""
    entries = [["Root Entry", 5, _FREE, _FREE, _FREE, _END, 0]]
    large, small = _Store(512), _Store(64)

    def add(folder, parent):
        previous = None
        for name, content in folder.items():
            index = len(entries)
            entries.append([name, 1, _FREE, _FREE, _FREE, 0, 0])
            # Siblings as a chain to the right: no search tree, but readers walk it all the same.
            if previous is None:
                entries[parent][4] = index
            else:
                entries[previous][3] = index
            previous = index
            if isinstance(content, dict):
                add(content, index)
                continue
            store = small if len(content) < _SMALL else large
            entries[index][1], entries[index][6] = 2, len(content)
            entries[index][5] = store.add(content)

    add(tree, 0)
    entries[0][5], entries[0][6] = large.add(small.data), len(small.data)
    small_table = large.add(_table(small.chains))
    directory = large.add(b"".join(_entry(*entry) for entry in entries))
    count = 1
    while count * 128 < len(large.chains) + count:
        count += 1
    places = range(len(large.chains), len(large.chains) + count)
    table = _table([*large.chains, *[_FAT_SECTOR] * count])
    header = struct.pack(
        "<8s16s6H10I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, 0,
        0, 0, count, directory, 0, _SMALL, small_table, -(-len(small.chains) // 128), _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *places, *[_FREE] * (109 - count))
    return header + large.data + table


class _Store:
    """Sectors of one size, and which follows which."""

    def __init__(self, size):
        self.size, self.data, self.chains = size, b"", []

    def add(self, content):
        """Append a stream; where it begins."""
        if not content:
            return _END
        first = len(self.chains)
        count = -(-len(content) // self.size)
        self.data += content.ljust(count * self.size, b"\0")
        self.chains += [*range(first + 1, first + count), _END]
        return first


def _table(chains):
    """A list of followers that fills whole sectors."""
    full = [*chains, *[_FREE] * (-len(chains) % 128)]
    return struct.pack(f"<{len(full)}I", *full)


def _entry(name, kind, left, right, child, start, size):
    raw = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sI16sII4s",
        raw, len(raw) + 2, kind, 1, left, right, child, bytes(16), 0, bytes(16), start, size, b"",
    )  # fmt: skip
