"""Which tests execute which statements of the domain: recorded once, so that `make mutants` runs those.

A statement is known by its file, its function and its first line, so most of it stays true when code moves.
A file of tests is recorded again when its own text changes; all of them, where `var/executed` is deleted.
"""

import ast
import builtins
import hashlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import CodeType
from typing import Any

from install import ROOT
from mutations import exchange, functions, load, pairs

Line = tuple[str, str, str]
"""The file, the outermost function, and the text with which a statement begins."""
KEPT_IN = ROOT / "var" / "executed"


@dataclass
class Executed:
    by_line: dict[Line, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_function: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[str, float] = field(default_factory=dict)

    def tests(self, line: Line) -> set[str]:
        """Those that execute the statement; where none does, the function."""
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
    files = defaultdict[Path, list[Any]](list)
    for item in items:  # those of a file are not one after the other
        files[kept_in(item.path)].append(item)
    missing = [(kept, some) for kept, some in files.items() if not is_whole(kept, some)]
    if missing:
        print(f"Recording what {len(missing)} files of tests execute", flush=True)
        record(paths, missing)
    found = Executed()
    for kept in files:
        found.add(json.loads(kept.read_text()))
    return found


def is_whole(kept: Path, items: list[Any]) -> bool:
    """Whether it has all of these tests: an earlier run may have collected fewer."""
    if not kept.exists():
        return False
    return {item.nodeid for item in items} <= set(json.loads(kept.read_text())["tests"])


def kept_in(tests: Path) -> Path:
    digest = hashlib.sha256(tests.read_bytes()).hexdigest()[:12]
    return KEPT_IN / f"{'-'.join(tests.relative_to(ROOT).with_suffix('').parts)}-{digest}.json"


def record(paths: list[str], files: list[tuple[Path, list[Any]]]) -> None:
    """In a fork, whose database is a copy of its own."""
    if pid := os.fork():
        if os.waitpid(pid, 0)[1]:
            sys.exit("What the tests execute could not be recorded.")
        return
    code = 1
    try:
        silence()
        with watched(paths) as lines:
            for kept, items in files:
                if is_whole(kept, items):  # by now, by another run
                    continue
                unfinished = kept.with_suffix(".unfinished")
                unfinished.write_text(json.dumps(recorded(lines, items)))
                unfinished.rename(kept)
        code = 0
    finally:
        os._exit(code)


def silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def recorded(lines: set[Line], items: list[Any]) -> dict[str, Any]:
    numbers: dict[Line, int] = {}
    tests = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        lines.clear()
        began, failed = time.process_time(), item.session.testsfailed
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds = round(time.process_time() - began, 3)
        if item.session.testsfailed > failed:
            lines.clear()  # it fails without any mutation, and would notice every one
        tests[item.nodeid] = seconds, [numbers.setdefault(line, len(numbers)) for line in lines]
    return {"lines": list(numbers), "tests": tests}


@contextmanager
def watched(paths: list[str]) -> Iterator[set[Line]]:
    """The statements of these files that are executed until the end of the block, in this process."""
    found = set[Line]()
    builtins.note_executed = found.add  # type: ignore[attr-defined]
    for path in paths:
        load(path)
    exchange(dict(chain.from_iterable(pairs(*with_notes(path)) for path in paths)))
    yield found


def with_notes(path: str) -> tuple[CodeType, CodeType]:
    """The code of a file, and one of which each statement in a function first notes itself."""
    text = (ROOT / path).read_text()
    tree = ast.parse(text)
    for function, statement in functions(tree):
        note(statement, path, function, text.splitlines())
    name = str(ROOT / path)
    return compile(text, name, "exec"), compile(ast.fix_missing_locations(tree), name, "exec")


def note(block: ast.AST, path: str, function: str, lines: list[str]) -> None:
    for child in list(ast.iter_child_nodes(block)):
        note(child, path, function, lines)
    for name in ("body", "orelse", "finalbody"):
        if isinstance(statements := getattr(block, name, None), list):
            setattr(block, name, list(noting(statements, path, function, lines)))


def noting(
    statements: list[ast.stmt], path: str, function: str, lines: list[str]
) -> Iterator[ast.stmt]:
    for one in statements:
        line: Line = path, function, lines[one.lineno - 1].strip()
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)):
            called = ast.Call(ast.Name("note_executed", ast.Load()), [ast.Constant(line)], [])
            yield ast.copy_location(ast.Expr(called), one)
        yield one
