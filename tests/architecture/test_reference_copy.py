"""The reference cases are what they were: a copy, byte for byte, never edited to make a test pass."""

import hashlib
from pathlib import Path

import pytest

COPY = Path(__file__).resolve().parent.parent / "reference"
ORIGINAL = Path(__file__).resolve().parents[3] / "shared" / "cases"
SUMS = "SHA256SUMS"


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != SUMS
    }


def noted():
    lines = (COPY / SUMS).read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def test_there_are_reference_cases():
    assert list(COPY.glob("[0-9][0-9]-*.json"))


def test_the_copies_are_what_their_sums_say():
    assert digests(COPY) == noted()


@pytest.mark.skipif(not ORIGINAL.is_dir(), reason="the originals are not beside this clone")
def test_the_copies_are_what_the_originals_are():
    assert digests(COPY) == digests(ORIGINAL)
