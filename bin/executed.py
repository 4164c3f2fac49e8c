"""Which tests execute which lines of the domain: recorded once and kept, so that `make mutants` runs those.

A line is known by its file, its function and its text, so most of what is kept stays true when code moves.
A file of tests is recorded again when its own text changes; all of them, where `var/executed` is deleted.
"""

import hashlib
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Any

from install import ROOT

Line = tuple[str, str, str]
"""The file, the outermost function, and the text of the line."""
KEPT_IN = ROOT / "var" / "executed"


@dataclass
class Executed:
    by_line: dict[Line, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_function: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[str, float] = field(default_factory=dict)

    def tests(self, line: Line) -> set[str]:
        """Those that execute the line; where no code is of this line alone, the function."""
        return self.by_line.get(line) or self.by_function.get(line[:2]) or set()

    def add(self, recorded: dict[str, Any]) -> None:
        for test, (seconds, lines) in recorded["tests"].items():
            self.seconds[test] = seconds
            for number in lines:
                path, function, text = recorded["lines"][number]
                self.by_line[path, function, text].add(test)
                self.by_function[path, function].add(test)


def executed(paths: list[str], items: list[Any]) -> Executed:
    """Of all tests; what is not kept yet is recorded first."""
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    files = [(kept_in(path), list(some)) for path, some in groupby(items, lambda item: item.path)]
    missing = [(kept, some) for kept, some in files if not kept.exists()]
    if missing:
        print(f"Recording what {len(missing)} files of tests execute", flush=True)
        record(set(paths), missing)
    found = Executed()
    for kept, _items in files:
        found.add(json.loads(kept.read_text()))
    return found


def kept_in(tests: Path) -> Path:
    digest = hashlib.sha256(tests.read_bytes()).hexdigest()[:12]
    return KEPT_IN / f"{'-'.join(tests.relative_to(ROOT).with_suffix('').parts)}-{digest}.json"


def record(paths: set[str], files: list[tuple[Path, list[Any]]]) -> None:
    """In a fork, whose database is a copy of its own."""
    if pid := os.fork():
        if os.waitpid(pid, 0)[1]:
            sys.exit("What the tests execute could not be recorded.")
        return
    code = 1
    try:
        silence()
        for kept, items in files:
            unfinished = kept.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(recorded(paths, items)))
            unfinished.rename(kept)
        code = 0
    finally:
        os._exit(code)


def silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def recorded(paths: set[str], items: list[Any]) -> dict[str, Any]:
    numbers: dict[Line, int] = {}
    tests = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        began = time.process_time()
        with traced(paths) as lines:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds = round(time.process_time() - began, 3)
        tests[item.nodeid] = seconds, [numbers.setdefault(line, len(numbers)) for line in lines]
    return {"lines": list(numbers), "tests": tests}


@contextmanager
def traced(paths: set[str]) -> Iterator[set[Line]]:
    """The lines of these files that are executed until the end of the block, in any thread."""
    wanted = {str(ROOT / path) for path in paths}
    found = set[tuple[str, str, int]]()
    lines = set[Line]()

    def trace(frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        return trace_line if frame.f_code.co_filename in wanted else None

    def trace_line(frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        if event == "line":
            code = frame.f_code  # it would be slow to hash itself
            found.add((code.co_filename, code.co_qualname, frame.f_lineno))
        return trace_line

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        yield lines
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        lines |= {named(*place) for place in found}


def named(path: str, function: str, number: int) -> Line:
    outermost = function.partition(".<locals>")[0]
    return path.removeprefix(f"{ROOT}/"), outermost, lines_of(path)[number - 1].strip()


@cache
def lines_of(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
