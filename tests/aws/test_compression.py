"""Items are compressed with a dictionary, and whatever was compressed before is still read."""

import hashlib
import zlib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.aws.codec import encode
from kwit.aws.compression import DictionaryGoneError, compressed, decompressed
from tests.billing import samples

KEPT = {"0001.bin": "c9d2ce4ab718ecbbe2946cc602426333192696d75209ab09226ceb5536e7e02c"}
"""Dictionaries in use: one changed or taken away would make stored items unreadable."""


@given(st.binary(max_size=2_000))
def test_bytes_come_back_as_they_were(data: bytes) -> None:
    assert decompressed(compressed(data)) == data


@given(st.binary(max_size=2_000))
def test_bytes_compressed_without_a_dictionary_are_read(data: bytes) -> None:
    assert decompressed(zlib.compress(data)) == data


def test_bytes_of_a_dictionary_that_is_gone_name_it() -> None:
    compressor = zlib.compressobj(zdict=b"another dictionary")
    data = compressor.compress(b"another dictionary, another item") + compressor.flush()
    with pytest.raises(DictionaryGoneError, match=f"{zlib.adler32(b'another dictionary'):08x}"):
        decompressed(data)


def test_damaged_bytes_are_refused() -> None:
    with pytest.raises(zlib.error):
        decompressed(compressed(encode(samples.draft()))[:-4] + b"\0\0\0\0")


def test_dictionaries_in_use_stay_as_they_are() -> None:
    folder = files("kwit.aws").joinpath("dictionaries")
    found = {one.name: one.read_bytes() for one in folder.iterdir() if one.name.endswith(".bin")}
    assert {name: hashlib.sha256(found[name]).hexdigest() for name in KEPT} == KEPT


def test_a_dictionary_knows_no_hash_of_anything() -> None:
    found = files("kwit.aws").joinpath("dictionaries", "0001.bin").read_bytes()
    words = found.replace(b'\\"', b'"').split(b'"')
    assert not any(len(word) >= 24 and set(word) <= set(b"0123456789abcdef") for word in words)
