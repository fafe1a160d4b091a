"""Archives, whole, broken and hostile, built from bytes."""

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib

import pytest

from index.errors import ReadError
from index.readers.archives import Budget, is_archive, members

TEXT = b"The bridge opened on Monday.\n"


def zipped(files, **options):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(entries):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for entry, content in entries:
            info = tarfile.TarInfo(entry) if isinstance(entry, str) else entry
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def contents(data, path="a.zip", **options):
    """What each name holds, or why it is not read."""
    found = []
    for member in members(data, path, **options):
        if member.problem:
            found.append((member.name, member.problem))
            continue
        try:
            found.append((member.name, member.read()))
        except ReadError as error:
            found.append((member.name, error.reason))
    return found


def problem_of(data, path="a.zip", **options):
    with pytest.raises(ReadError) as caught:
        contents(data, path, **options)
    return caught.value.reason


# --- whole archives -----------------------------------------------------------------------------


def test_a_zip_in_the_order_of_names():
    data = zipped([("b/two.txt", b"two"), ("a.txt", TEXT), ("b/", b"")])
    assert contents(data) == [("a.txt", TEXT), ("b/two.txt", b"two")]


@pytest.mark.parametrize(
    ("path", "pack"),
    [
        ("a.tar", bytes),
        ("a.tar.gz", gzip.compress),
        ("a.tgz", gzip.compress),
        ("a.tar.bz2", bz2.compress),
        ("A.TAR.XZ", lzma.compress),
        ("a.gz", gzip.compress),
        ("misnamed.zip", gzip.compress),
    ],
)
def test_a_tar_however_it_is_packed(path, pack):
    data = pack(tarred([("./b/two.txt", b"two"), ("a.txt", TEXT)]))
    assert contents(data, path) == [("b/two.txt", b"two"), ("a.txt", TEXT)]


@pytest.mark.parametrize(
    ("ending", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)]
)
def test_a_single_packed_file(ending, pack):
    assert contents(pack(TEXT), f"folder/report.txt.{ending}") == [("report.txt", TEXT)]


def test_a_file_on_disk(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped([("a.txt", TEXT)]))
    assert contents(path, str(path)) == [("a.txt", TEXT)]
    with pytest.raises(ReadError):
        contents(tmp_path / "missing.zip")


def test_names_of_archives():
    assert is_archive("x/A.Tar.Gz")
    assert is_archive("report.txt.gz")
    assert not is_archive("report.docx")


def test_members_of_a_tar_may_be_left_unread():
    data = gzip.compress(tarred([("a.txt", TEXT * 9000), ("b.txt", b"two")]))
    assert [m.read() for m in members(data, "a.tgz") if m.name == "b.txt"] == [b"two"]


# --- names --------------------------------------------------------------------------------------


def test_hidden_files_are_left_out():
    names = [".git/config", "__MACOSX/._a.txt", "a/.hidden", "a/.b/c.txt", "seen.txt"]
    assert contents(zipped([(name, TEXT) for name in names])) == [("seen.txt", TEXT)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("/etc/passwd", "etc/passwd"),
        ("C:\\letters\\a.txt", "letters/a.txt"),
        ("./a//b.txt", "a/b.txt"),
        ("Grüße 日本.txt", "Grüße 日本.txt"),
    ],
)
def test_names_begin_in_the_archive(name, shown):
    assert contents(zipped([(name, TEXT)])) == [(shown, TEXT)]
    assert contents(tarred([(name, TEXT)]), "a.tar") == [(shown, TEXT)]


@pytest.mark.parametrize("name", ["../../x.txt", "a/../../x.txt", "..\\x.txt"])
def test_a_name_that_leads_out_is_refused(name):
    for data, path in ((zipped([(name, TEXT)]), "a.zip"), (tarred([(name, TEXT)]), "a.tar")):
        [(_, problem)] = contents(data, path)
        assert problem == "its name leads out of the archive"


@pytest.mark.parametrize("name", ["annexe\u202efdp.txt", "a\x1b[2J.txt", "a\nb.txt"])
def test_a_misleading_name_is_refused(name):
    [(shown, problem)] = contents(tarred([(name, TEXT)]), "a.tar")
    assert "invisible characters" in problem
    assert "<U+" in shown
    assert shown.isprintable()


def test_a_nul_does_not_cut_a_name():
    data = zipped([("a.txtZ.exe", TEXT)]).replace(b"a.txtZ.exe", b"a.txt\0.exe")
    [(shown, problem)] = contents(data)
    assert shown == "a.txt<U+0000>.exe"
    assert "invisible" in problem


def test_names_in_utf8_that_do_not_say_so():
    data = zipped([("Gr__e.txt", TEXT)]).replace(b"Gr__e.txt", "Grüe.txt".encode())
    assert contents(data) == [("Grüe.txt", TEXT)]
    data = zipped([("Gr_n.txt", TEXT)]).replace(b"Gr_n.txt", b"Gr\x81n.txt")
    assert contents(data) == [("Grün.txt", TEXT)]


def test_a_tar_of_the_west():
    data = tarred([("Gr_n.txt", TEXT)])
    info = tarfile.TarInfo("Grün.txt")
    info.size = len(TEXT)
    head = info.tobuf(tarfile.GNU_FORMAT, "latin-1", "strict")
    assert contents(head + data[512:], "a.tar") == [("Grün.txt", TEXT)]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_files_of_a_name_the_first_is_read():
    entries = [("a.txt", TEXT), ("a.txt", b"another")]
    for data, path in ((zipped(entries), "a.zip"), (tarred(entries), "a.tar")):
        first, second = contents(data, path)
        assert first == ("a.txt", TEXT)
        assert "several files of this name" in second[1]


# --- what is no file ----------------------------------------------------------------------------


def test_links_and_devices_are_not_followed():
    data = tarred(
        [
            (link("soft", "/etc/passwd"), b""),
            (link("hard", "a.txt", tarfile.LNKTYPE), b""),
            (link("device", "", tarfile.CHRTYPE), b""),
            (link("pipe", "", tarfile.FIFOTYPE), b""),
            ("a.txt", TEXT),
        ]
    )
    found = dict(contents(data, "a.tar"))
    assert found["soft"] == "a link (to /etc/passwd); not followed"
    assert found["hard"] == "a link (to a.txt); not followed"
    assert found["device"] == found["pipe"] == "not a regular file"
    assert found["a.txt"] == TEXT


def test_a_link_in_a_zip_is_not_followed():
    info = zipfile.ZipInfo("soft.txt")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    [(_, problem)] = contents(zipped([(info, b"/etc/passwd")]))
    assert "not followed" in problem


# --- passwords ----------------------------------------------------------------------------------


def encrypt(data, password):
    """PKWARE's old encryption, which zipfile reads but does not write."""
    table = [zlib.crc32(bytes([n]), 0xFFFFFFFF) ^ 0xFFFFFFFF for n in range(256)]
    keys = [0x12345678, 0x23456789, 0x34567890]

    def step(old, byte):
        return (old >> 8) ^ table[(old ^ byte) & 0xFF]

    table = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ 0xEDB88320 if n & 1 else n >> 1
        table.append(n)

    def update(byte):
        keys[0] = step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = step(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    out = bytearray()
    for byte in data:
        k = keys[2] | 2
        out.append(byte ^ ((k * (k ^ 1)) >> 8) & 0xFF)
        update(byte)
    return bytes(out)


def protected():
    """A stored file "a.txt", encrypted with "river"."""
    crc = zlib.crc32(TEXT)
    body = encrypt(bytes(11) + bytes([crc >> 24]) + TEXT, b"river")
    sizes = (crc, len(body), len(TEXT))
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 1, 0, 0, 33, *sizes, 5, 0) + b"a.txt"
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 1, 0, 0, 33, *sizes, 5, 0, 0, 0, 0, 0, 0
    )
    entry += b"a.txt"
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(local + body), 0)
    return local + body + entry + end


def test_a_password():
    [(_, problem)] = contents(protected())
    assert problem == "protected by a password; name it with --password"
    assert contents(protected(), password="river") == [("a.txt", TEXT)]
    [(_, problem)] = contents(protected(), password="lake")
    assert problem == "the password does not open it"


# --- damage -------------------------------------------------------------------------------------


def test_a_changed_file_is_reported_and_the_others_are_read():
    data = zipped([("a.txt", TEXT), ("b.txt", b"two" * 50)])
    at = data.index(b"b.txt") + 8
    data = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
    found = dict(contents(data))
    assert found["a.txt"] == TEXT
    assert "damaged" in found["b.txt"]


def test_a_zip_cut_short():
    data = zipped([("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", TEXT)])
    cut = data[: data.index(b"c.txt") + 10]
    found = contents(cut)
    assert found[:2] == [("a.txt", TEXT), ("b.txt", TEXT)]
    assert found[2] == ("", "the archive is cut short or damaged; some of its files are lost")


def test_a_zip_from_a_stream_cut_short():
    class Stream(io.RawIOBase):
        def __init__(self):
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "b.txt", "c.txt"):
            archive.writestr(name, TEXT * 5000)
    assert contents(stream.data)[0] == ("a.txt", TEXT * 5000)
    found = contents(stream.data[: stream.data.index(b"c.txt") + 20])
    assert [name for name, _ in found] == ["a.txt", "b.txt", ""]
    assert found[1][1] == TEXT * 5000


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_a_tar_cut_short(pack):
    noise = bytes(range(256)) * 40
    data = tarred([("a.txt", TEXT), ("b.bin", noise), ("c.txt", TEXT)])
    whole = pack(data)
    # A stream that was not ended: what was flushed before the break is there.
    if pack is bytes:
        whole = data[:4096]
    elif pack is gzip.compress:
        packer = zlib.compressobj(wbits=31)
        whole = packer.compress(data[:4096]) + packer.flush(zlib.Z_SYNC_FLUSH)
    else:
        whole = pack(data[:4096])
    found = contents(whole, "a.tar" if pack is bytes else "a.tgz")
    assert found[0] == ("a.txt", TEXT)
    assert "cut short" in found[1][1]
    assert ("c.txt", TEXT) not in found


def test_a_damaged_header_is_not_the_end():
    data = bytearray(tarred([("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", TEXT)]))
    data[1024 + 150] ^= 0xFF
    found = contents(bytes(data), "a.tar")
    assert found == [
        ("a.txt", TEXT),
        ("", "the archive is cut short or damaged; some of its files are lost"),
    ]


@pytest.mark.parametrize(
    ("data", "path", "reason"),
    [
        (b"", "a.zip", "empty"),
        (b"PK\x03\x04 no", "a.zip", "cut short"),
        (b"PK nothing", "a.zip", "damaged"),
        (b"no archive at all", "a.zip", "not a ZIP archive"),
        (b"no archive at all" * 99, "a.tar", "not a TAR archive"),
        (b"no archive at all", "a.gz", "not an archive"),
        (b"\x1f\x8b\x08\x00 broken", "a.gz", "damaged"),
        (b"BZh91AY broken" * 9, "a.bz2", "damaged"),
        (b"\xfd7zXZ\x00 broken" * 9, "a.tar.xz", "damaged"),
    ],
)
def test_what_is_no_archive(data, path, reason):
    try:
        problems = [problem for _, problem in contents(data, path)]
    except ReadError as error:
        problems = [error.reason]
    assert len(problems) == 1
    assert reason in problems[0]


def test_a_single_file_cut_short():
    [(name, problem)] = contents(gzip.compress(TEXT * 999)[:-20], "a.txt.gz")
    assert name == "a.txt"
    assert "cut short" in problem


# --- bombs --------------------------------------------------------------------------------------


def test_a_file_of_zeros_is_refused_before_it_is_unpacked():
    [(_, problem)] = contents(zipped([("zeros.txt", bytes(4_000_000))]))
    assert "hundreds of times" in problem
    [(_, problem)] = contents(gzip.compress(bytes(4_000_000)), "zeros.txt.gz")
    assert "hundreds of times" in problem


def test_a_tar_of_zeros_is_refused_though_nobody_reads_them():
    data = bz2.compress(tarred([("zeros.bin", bytes(8_000_000)), ("a.txt", TEXT)]))
    found = [(member.name, member.problem) for member in members(data, "a.tar.bz2")]
    assert found[-1][0] == ""
    assert "hundreds of times" in found[-1][1]


def test_files_that_share_their_bytes_are_refused():
    data = zipped([("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", TEXT)])
    directory = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", directory + 4) + 42
    twice = data[:second] + bytes(4) + data[second + 4 :]
    found = dict(contents(twice))
    assert found["c.txt"] == TEXT
    assert all("shares its bytes" in found[name] for name in ("a.txt", "b.txt"))


def test_limits():
    files = [(f"{n}.txt", b"0123456789" * 10) for n in range(5)]
    for data, path in ((zipped(files), "a.zip"), (gzip.compress(tarred(files)), "a.tgz")):
        [(_, first), *_] = contents(data, path, max_bytes=50)
        assert "over the limit" in first
        problem = contents(data, path, budget=Budget(1_000_000, 3))[-1][1]
        assert "too many files" in problem
    assert "more than may be read at once" in contents(zipped(files), budget=Budget(250))[-1][1]
    tar = gzip.compress(tarred(files))
    assert "more than may be read at once" in contents(tar, "a.tgz", budget=Budget(3000))[-1][1]


def test_a_long_description_of_a_file_is_not_held_in_memory():
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    data = tarred([("a.txt", TEXT)])[:1024] + info.tobuf(tarfile.GNU_FORMAT) + bytes(4096)
    assert contents(data, "a.tar")[-1][1].startswith("the archive is cut short or damaged")


def test_a_chain_of_long_names_does_not_end_the_program():
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 512
    data = (info.tobuf(tarfile.GNU_FORMAT) + b"x" * 512) * 3000
    assert "damaged" in problem_of(data, "a.tar")
