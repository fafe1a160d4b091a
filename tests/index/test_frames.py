import io

import pytest

from index import frames


@pytest.mark.parametrize("content", [None, b"", b"\0\xff" * 1000])
def test_a_message_comes_as_it_was_sent(content):
    header = {"text": "ä\ud83d\ude00\udcff😀\u2028\0", "n": [1, None, True]}
    sent = frames.encode(header, content) + (content or b"")
    source = io.BytesIO(sent + frames.encode({"next": 1}))
    assert frames.receive(source) == (header, content)
    assert frames.receive(source) == ({"next": 1}, None)
    assert frames.receive(source) is None


def test_a_message_that_breaks_off_is_the_end():
    sent = frames.encode({"text": "words"}, b"content") + b"content"
    for length in range(len(sent)):
        assert frames.receive(io.BytesIO(sent[:length])) is None


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff" * 8,
        b"\0" * 8,
        b"\0" * 7 + b"\x02[]",
        b"\0" * 7 + b"\x02\xff\xff",
        b'\0\0\0\0\0\0\0\x0e{"content":-1}',
        b'\0\0\0\0\0\0\0\x0f{"content":"1"}',
        b"\0\0\0\0\0\1\xff\xff" + b"[" * 0x1FFFF,
    ],
)
def test_nonsense_is_refused(sent):
    with pytest.raises(ValueError):  # noqa: PT011 - of any kind
        frames.receive(io.BytesIO(sent))
