"""Arithmetic on half-open intervals `[start, end)`. Pure: no Django, no clock, no time zone.

An interval is a pair of anything that can be ordered and, for `starts`, added to a duration:
aware datetimes in UTC here, plain numbers in tests. A *set* of intervals is a sorted list of
intervals that neither overlap nor touch.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

Moment = TypeVar("Moment", datetime, int)
Interval = tuple[datetime, datetime]


def union(intervals: Iterable[tuple[Moment, Moment]]) -> list[tuple[Moment, Moment]]:
    """Everything covered by any of them; empty and inverted ones are ignored."""
    merged: list[tuple[Moment, Moment]] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """The parts of `intervals` outside all `holes`."""
    left: list[Interval] = []
    gaps = union(holes)
    for start, end in union(intervals):
        for gap_start, gap_end in gaps:
            if gap_end <= start:
                continue
            if gap_start >= end:
                break
            if start < gap_start:
                left.append((start, gap_start))
            start = gap_end
        if start < end:
            left.append((start, end))
    return left


def intersect(first: Iterable[Interval], second: Iterable[Interval]) -> list[Interval]:
    """What both cover."""
    one = union(first)
    return subtract(one, subtract(one, second))


def overlaps(interval: Interval, merged: Sequence[Interval]) -> bool:
    """Whether it shares an instant with a *set* of intervals (see the module). Touching is not sharing."""
    start, end = interval
    at = bisect_right(merged, start, key=lambda i: i[0])
    if at and merged[at - 1][1] > start:
        return True
    return at < len(merged) and merged[at][0] < end


def covers(merged: Sequence[Interval], interval: Interval) -> bool:
    """Whether one member of a *set* contains all of it."""
    start, end = interval
    at = bisect_right(merged, start, key=lambda i: i[0])
    return bool(at) and merged[at - 1][1] >= end


def free_starts(
    working: Sequence[Interval],
    held: Sequence[Interval],
    *,
    within: Interval,
    duration: timedelta,
    before: timedelta,
    after: timedelta,
    step: timedelta,
) -> Iterator[datetime]:
    """The starts in `within`, each a multiple of `step` from the beginning of its working range.

    All but `within` are *sets* (see the module). A start is free if the visit fits into the range and,
    with its buffers, overlaps nothing held. Each set is walked once, because diaries are long: a visit
    overlaps a held `[a, b)` exactly if it starts between `a - duration - after` and `b + before`, so the
    free starts lie in the closed gaps between those.
    """
    blocked = _open_union([(a - duration - after, b + before) for a, b in held])
    at = 0
    for begin, end in working:
        gap, last = max(begin, within[0]), end - duration
        while at < len(blocked) and blocked[at][1] <= gap:
            at += 1
        here = at
        while here < len(blocked) and blocked[here][0] < last:
            stop, go_on = blocked[here]
            yield from _steps(begin, step, gap, stop, within[1])
            gap = max(gap, go_on)
            here += 1
        yield from _steps(begin, step, gap, last, within[1])


def _open_union(intervals: list[Interval]) -> list[Interval]:
    """Like `union`, for open intervals: two that touch leave one instant between them."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _steps(
    base: datetime, step: timedelta, first: datetime, last: datetime, before: datetime
) -> Iterator[datetime]:
    """`base` and every `step` from it, from `first` to `last` inclusive, and before `before`."""
    start = first + (base - first) % step
    while start <= last and start < before:
        yield start
        start += step
