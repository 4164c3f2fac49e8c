"""Interval arithmetic against the plainest possible model: a set of minutes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.schedule import intervals

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def at(minute):
    return ZERO + minute * MINUTE


def spans(numbers):
    return [(at(a), at(b)) for a, b in numbers]


def minutes(found):
    """The model: every whole minute that is covered."""
    return {m for m in range(41) for a, b in found if a <= at(m) < b}


def is_a_set(found):
    return all(a < b for a, b in found) and all(
        one[1] < two[0] for one, two in zip(found, found[1:], strict=False)
    )


@given(pairs)
def test_union_covers_the_same_minutes_without_overlap(numbers):
    found = intervals.union(spans(numbers))
    assert is_a_set(found)
    assert minutes(found) == minutes(spans(numbers))


@given(pairs, pairs)
def test_subtract_takes_away_exactly_the_holes(numbers, holes):
    found = intervals.subtract(spans(numbers), spans(holes))
    assert minutes(found) == minutes(spans(numbers)) - minutes(spans(holes))
    assert all(a < b for a, b in found)


@given(pairs, pairs)
def test_intersect_is_what_both_cover(one, two):
    found = intervals.intersect(spans(one), spans(two))
    assert minutes(found) == minutes(spans(one)) & minutes(spans(two))


@given(pairs, st.integers(0, 39), st.integers(1, 20))
def test_overlaps_and_covers_agree_with_the_minutes(numbers, start, length):
    merged = intervals.union(spans(numbers))
    wanted = set(range(start, min(start + length, 41)))
    interval = (at(start), at(min(start + length, 41)))
    assert intervals.overlaps(interval, merged) == bool(minutes(merged) & wanted)
    assert intervals.covers(merged, interval) == (wanted <= minutes(merged))


def test_touching_intervals_do_not_overlap():
    assert not intervals.overlaps((at(5), at(10)), [(at(0), at(5)), (at(10), at(15))])


def test_starts_are_a_step_apart_and_fit():
    assert free([(0, 40)], duration=15, step=10) == [0, 10, 20]


def test_start_touching_two_visits_is_free():
    assert free([(0, 40)], [(0, 10), (20, 30)], duration=10, step=10) == [10, 30]


def test_a_time_held_before_work_hides_none_within():
    held = [(0, 10), (40, 60)]
    assert free([(30, 60)], held, within=(0, 100), duration=5, step=5) == [30, 35]


def test_overlapping_blocks_free_nothing_else():
    held = [(5, 6), (20, 21), (22, 23)]
    assert free([(0, 26)], held, duration=3) == [0, 1, 2, *range(6, 18), 23]


def free(working, held=(), within=(0, 41), duration=1, before=0, after=0, step=1):
    found = intervals.free_starts(
        intervals.union(spans(working)),
        intervals.union(spans(held)),
        within=(at(within[0]), at(within[1])),
        duration=duration * MINUTE,
        before=before * MINUTE,
        after=after * MINUTE,
        step=step * MINUTE,
    )
    return [(start - ZERO) // MINUTE for start in found]


@settings(max_examples=500)
@given(
    pairs,
    pairs,
    st.tuples(st.integers(0, 40), st.integers(0, 41)),
    st.integers(1, 12),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(1, 9),
)
def test_free_starts_agree_with_trying_every_minute(
    working, held, within, duration, before, after, step
):
    taken = minutes(spans(held))
    expected = [
        start
        for begin, end in intervals.union(spans(working))
        for start in range((begin - ZERO) // MINUTE, (end - ZERO) // MINUTE, step)
        if at(start + duration) <= end
        and within[0] <= start < within[1]
        and not taken & set(range(start - before, start + duration + after))
    ]
    assert free(working, held, within, duration, before, after, step) == expected
