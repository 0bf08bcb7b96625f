"""Messages come out as they went in, however the stream was cut."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.dap.framing import LARGEST, Decoder, FramingError, encode

texts = st.text(max_size=30)
messages = st.lists(st.dictionaries(texts, texts | st.integers() | st.none(), max_size=4), max_size=6)


@given(messages, st.data())
def test_any_cutting_gives_the_same_messages(sent: list[dict[str, object]], data: st.DataObject) -> None:
    stream = b"".join(encode(message) for message in sent)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12).map(sorted))
    decoder, got = Decoder(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got += decoder.feed(stream[start:end])
    assert got == sent


def test_the_length_counts_bytes() -> None:
    header, _, body = encode({"text": "损失 ☃"}).partition(b"\r\n\r\n")
    assert header == b"Content-Length: %d" % len(body)
    assert json.loads(body) == {"text": "损失 ☃"}


def test_other_header_lines_are_skipped() -> None:
    assert Decoder().feed(b"Content-Type: x\r\ncontent-length: 2\r\n\r\n{}") == [{}]


@pytest.mark.parametrize(
    "stream",
    [
        b"Content-Type: x\r\n\r\n{}",
        b"Content-Length: -2\r\n\r\n{}",
        b"Content-Length: %d\r\n\r\n" % (LARGEST + 1),
        b"Content-Length: 2\r\n\r\n{]",
        b"Content-Length: 2\r\n\r\n[]",
    ],
)
def test_what_is_not_the_protocol_is_told(stream: bytes) -> None:
    with pytest.raises(FramingError):
        Decoder().feed(stream)
