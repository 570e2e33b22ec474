"""Measurements against floors of the same run: `make bench`.

Every figure is a ratio: ours to the least that the same machine needs for the same thing, taken in
interleaved blocks, so that a busy machine slows both.
"""
