from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from nemovideo.engine.media.progress import Monotone, Step, parse

BLOCKS = (
    b"frame=0\nfps=0.00\nstream_0_0_q=0.0\nbitrate=N/A\ntotal_size=N/A\nout_time_us=N/A\nspeed=N/A\n"
    b"progress=continue\n"
    b"frame=48\nfps=95.9\nbitrate= 812.1kbits/s\ntotal_size=262192\nout_time_us=1958333\nspeed=3.8x\n"
    b"progress=continue\n"
    b"frame=60\ntotal_size=300000\nout_time_us=2500000\ndrop_frames=0\nspeed=  4x\nprogress=end\n"
)


def test_blocks_become_steps():
    steps, rest = parse(BLOCKS)
    assert rest == b""
    assert steps == [
        Step(frame=0, seconds=None, total_size=None),
        Step(frame=48, seconds=1.958333, total_size=262192),
        Step(frame=60, seconds=2.5, total_size=300000, ended=True),
    ]


@given(cuts=st.lists(st.integers(0, len(BLOCKS)), max_size=12))
def test_any_cut_gives_the_same_steps(cuts: list[int]):
    found: list[Step] = []
    rest = b""
    edges = [0, *sorted(cuts), len(BLOCKS)]
    for start, end in itertools.pairwise(edges):
        steps, rest = parse(rest + BLOCKS[start:end])
        found += steps
    assert found == parse(BLOCKS)[0]


@given(st.binary(max_size=200))
def test_rubbish_is_survived(data: bytes):
    parse(data)


def test_monotone_never_falls():
    seen: list[float] = []
    sink = Monotone(seen.append)
    for share in (0.0, 0.5, 0.3, 0.501, 0.52, 7.0, 1.0):
        sink(share)
    assert seen == [0.0, 0.5, 0.52, 1.0]


def test_part_fills_its_part():
    seen: list[float] = []
    part = Monotone(seen.append).part(0.2, 0.4)
    part(0.5)
    part(2.0)
    assert [round(share, 6) for share in seen] == [0.3, 0.4]
