"""Small PDF files for the tests, written byte by byte."""

from __future__ import annotations

import hashlib
import zlib

FONTS = {"F1": "Helvetica", "F2": "Helvetica-Bold", "F3": "Courier"}
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def show(x, y, text, size=10, font="F1", matrix=None):
    """A line of text, ``y`` points above the page's bottom."""
    place = " ".join(map(str, matrix)) if matrix else f"1 0 0 1 {x} {y}"
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {place} Tm ({escaped}) Tj ET\n"


def lines(x, y, texts, size=10, font="F1", pitch=1.2):
    """Lines of text below each other."""
    return "".join(
        show(x, round(y - index * size * pitch, 2), text, size, font)
        for index, text in enumerate(texts)
    )


def rule(x0, y0, x1, y1):
    """A drawn line."""
    return f"0.5 w {x0} {y0} m {x1} {y1} l S\n"


class Pdf:
    """Collects the objects of a file."""

    def __init__(self):
        self.objects = []
        self.pages = []
        self.root = ""
        self.info = ""

    def add(self, body, stream=None):
        """Add an object; returns its number."""
        if stream is not None:
            body = f"<< {body} /Length {len(stream)} >>"
        self.objects.append((body.encode("latin-1"), stream))
        return len(self.objects) + 3

    def page(self, content, extra="", xobjects="", size=(612, 792)):
        """Add a page."""
        stream = self.add("", content.encode("cp1252"))
        fonts = " ".join(
            f"/{name} << /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>"
            for name, font in FONTS.items()
        )
        self.pages.append(
            self.add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}]"
                f" /Contents {stream} 0 R {extra}"
                f" /Resources << /Font << {fonts} >> /XObject << {xobjects} >> >> >>"
            )
        )
        return self

    def picture(self, pixels, width, height):
        """Add a grey picture; returns its number."""
        data = zlib.compress(pixels)
        return self.add(
            f"/Type /XObject /Subtype /Image /Width {width} /Height {height}"
            " /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
            data,
        )

    def to_bytes(self, *, user=None, owner=""):
        """The file; ``user`` and ``owner`` are passwords that protect it."""
        kids = " ".join(f"{number} 0 R" for number in self.pages)
        front = [
            (f"<< /Type /Catalog /Pages 2 0 R {self.root} >>".encode("latin-1"), None),
            (f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} >>".encode(), None),
            (f"<< {self.info} >>".encode("latin-1"), None),
        ]
        trailer, key = "", None
        if user is not None:
            trailer, key = protection(user.encode(), owner.encode())
        out = bytearray(b"%PDF-1.7\n")
        offsets = []
        for number, (body, stream) in enumerate(front + self.objects, start=1):
            offsets.append(len(out))
            out += b"%d 0 obj\n" % number + body
            if stream is not None:
                data = rc4(object_key(key, number), stream) if key else stream
                out += b"\nstream\n" + data + b"\nendstream"
            out += b"\nendobj\n"
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += b"trailer << /Size %d /Root 1 0 R /Info 3 0 R " % (len(offsets) + 1)
        out += trailer.encode("latin-1") + b">>\nstartxref\n%d\n%%%%EOF\n" % start
        return bytes(out)


def one_page(content, **options):
    """A file of one page."""
    return Pdf().page(content, **options).to_bytes()


# --- protection, as PDF 1.1 has it --------------------------------------------------------------


def rc4(key, data):
    """RC4, with which old files are protected."""
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def object_key(key, number):
    """The key of one object."""
    return hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10]


def protection(user, owner):
    """What the trailer says of the protection, and the key."""
    identity = b"0123456789abcdef"
    pad = lambda word: (word + PADDING)[:32]  # noqa: E731
    owner_entry = rc4(hashlib.md5(pad(owner or user)).digest()[:5], pad(user))
    permissions = (-44).to_bytes(4, "little", signed=True)
    key = hashlib.md5(pad(user) + owner_entry + permissions + identity).digest()[:5]
    entry = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <{owner_entry.hex()}>"
        f" /U <{rc4(key, PADDING).hex()}> >> /ID [<{identity.hex()}> <{identity.hex()}>] "
    )
    return entry, key
