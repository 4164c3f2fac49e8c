"""Which small changes of meaning do the tests notice? `make mutants`: by hand, on SQLite, at low priority.

The project is loaded and the tests are collected once. Then, for each of a sample of mutations, a fork of
this process changes the code of one function and runs the tests that execute the changed line, until one
fails: first those that name the function, or one of its module that calls it, then those of its file and
its folder; among equals the quickest. Which tests these are is recorded at the first run: bin/executed.py.

`make mutants ARGS="--number 300 --seed 2"`; `--only bookings/schedule`; `--name "release"`, a part of a
mutation's name. What cannot be noticed, because nobody could see it, is in tests/mutants.toml with the
reason. Fails below 95 %.
"""

import argparse
import ast
import gc
import inspect
import os
import random
import re
import signal
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import _lru_cache_wrapper, cache
from typing import Any

from executed import Executed, executed, silence
from install import ROOT, in_venv
from mutations import Mutation, mutations, put_in_place

DOMAIN = [
    *(f"bookings/{room}" for room in ("schedule", "transitions", "privacy", "worker", "messages")),
    *("clinic/review", "education/models/review.py", "accounts", "plans"),
]
OURS = ("accounts.", "bookings.", "clinic.", "education.", "plans.")
NOT_IN = ("/migrations/", "/management/", "/templatetags/", "apps.py", "__init__.py", "previews.py")
TESTS = ["tests", "--ignore=tests/journeys", "--ignore=tests/bin", "-m", "not faults"]
QUIET = ["-p", "no:randomly", "-p", "no:terminalreporter", "-p", "no:logging"]
MORE_TESTS = {"clinic/review": "tests/education/test_review", "education/models": "tests/education"}
"""Where the tests of a folder are, if not in its mirror."""
EQUIVALENT = ROOT / "tests/mutants.toml"
ONE_TEST = 120
"""Seconds after which a test that does not end has noticed."""
ENOUGH = 0.95
BROKEN = 4
LEFT = 5
FATES = {
    0: "SURVIVED",
    LEFT: "SURVIVED the tests that there was time for",
    1: "noticed",
    3: "not tried: its code cannot be exchanged",
    BROKEN: "not tried: this program is broken",
}


def main(arguments: list[str]) -> int:
    in_venv()
    import pytest

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="how paths begin")
    parser.add_argument("--name", default="", help="part of a mutation's name")
    parser.add_argument("--jobs", type=int, default=1, help="mutations at once")
    parser.add_argument("--seconds", type=int, default=30, help="of processor for each mutation")
    options = parser.parse_args(arguments)
    os.nice(10)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.pop("DATABASE_URL", None)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    return int(pytest.main([*TESTS, *QUIET], plugins=[Mutants(options)]))


def files() -> list[str]:
    found = [path for room in DOMAIN for path in sorted((ROOT / room).rglob("*.py"))]
    found += [ROOT / room for room in DOMAIN if room.endswith(".py")]
    names = [str(path.relative_to(ROOT)) for path in found]
    return [name for name in names if not any(part in name for part in NOT_IN)]


class Mutants:
    """Tries mutations where pytest would run the tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    def pytest_runtestloop(self, session: Any) -> bool:
        gc.unfreeze()
        self.executed = executed(files(), session.items)
        reasons, fates = equivalent(), defaultdict[str, int](int)
        chosen = self.chosen()
        unknown = [one for one in chosen if str(one) not in reasons]
        fates["equivalent"] = len(chosen) - len(unknown)
        for mutation, fate in self.fates(session, unknown):
            fates[fate] += 1
            if fate != "noticed":
                print(f"{fate}: line {mutation.line} of {mutation}", flush=True)
            if sum(fates.values()) % 10 == 0:
                print(f"{sum(fates.values())} of {len(chosen)}: {dict(fates)}", flush=True)
        print(f"{sum(fates.values())} of {len(chosen)}: {dict(fates)}", flush=True)
        survived = sum(number for fate, number in fates.items() if fate.startswith("SURVIVED"))
        share = fates["noticed"] / max(1, fates["noticed"] + survived)
        print(f"{share:.1%} noticed")
        session.shouldfail = "" if share >= ENOUGH else "too few are noticed"
        return True

    def chosen(self) -> list[Mutation]:
        options = self.options
        wanted = [name for name in files() if name.startswith(options.only)]
        every = [
            one for name in wanted for one in mutations(ROOT, name) if options.name in str(one)
        ]
        number = min(options.number, len(every))
        print(f"{number} of {len(every)} mutations, seed {options.seed}", flush=True)
        return random.Random(options.seed).sample(every, number)

    def fates(self, session: Any, chosen: list[Mutation]) -> Iterator[tuple[Mutation, str]]:
        """As they become known, several at once."""
        running = dict[int, Mutation]()
        for mutation in chosen:
            if len(running) == self.options.jobs:
                yield ended(running)
            running[self.started(session, mutation)] = mutation
        while running:
            yield ended(running)

    def started(self, session: Any, mutation: Mutation) -> int:
        """In a fork, whose database is a copy of its own."""
        items = likely(mutation, session.items, self.executed)
        sys.stdout.flush()
        if pid := os.fork():
            return pid
        code = BROKEN
        try:
            code = self.run(session, mutation, items)
        finally:
            os._exit(code)

    def run(self, session: Any, mutation: Mutation, items: list[Any]) -> int:
        silence()
        try:
            if not put_in_place(ROOT, mutation):
                return 3
        except (ValueError, SyntaxError, IndexError):
            return 3
        forget()
        began = time.process_time()
        for item, following in zip(items, [*items[1:], None], strict=True):
            signal.alarm(ONE_TEST)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return 1
            if following and time.process_time() - began > self.options.seconds:
                return LEFT
        return 0


def forget() -> None:
    """What our functions remember may come from before the mutation."""
    from clinic.prepared import PLANS

    PLANS.clear()
    for found in gc.get_objects():
        if type(found) is _lru_cache_wrapper and found.__module__.startswith(OURS):
            found.cache_clear()


def ended(running: dict[int, Mutation]) -> tuple[Mutation, str]:
    pid, status = os.waitpid(-1, 0)
    code = os.waitstatus_to_exitcode(status)
    return running.pop(pid), FATES[code] if code >= 0 else "noticed"  # an alarm ended it


def likely(mutation: Mutation, items: list[Any], known: Executed) -> list[Any]:
    """The tests that may notice, the most likely ones first, and the quickest of these."""
    tests = known.tests((mutation.path, mutation.function, mutation.first_line))
    folder, _slash, name = mutation.path.removesuffix(".py").rpartition("/")
    names = re.compile(rf"\b({'|'.join(callers(mutation))})\b")
    mirror = MORE_TESTS.get(folder, f"tests/{folder}")

    def rank(item: Any) -> int:
        path = str(item.path.relative_to(ROOT))
        # A name such as "desk" is in every test: those beside the module's own name come first.
        return 2 * place(item, path) + (name not in text(path))

    def place(item: Any, path: str) -> int:
        beside = path.startswith(mirror) or name in path
        if names.search(source(item.function)):
            return 0 if beside else 2
        if beside:
            return 1
        return 3 if names.search(text(path)) else 9

    # What a process of its own executes, as in a race, is not recorded: no line, then by the names.
    ranked = [
        (rank(item), known.seconds.get(item.nodeid, 0), number)
        for number, item in enumerate(items)
        if item.nodeid in tests or not tests
    ]
    return [items[number] for order, _seconds, number in sorted(ranked) if tests or order < 2 * 9]


def callers(mutation: Mutation) -> set[str]:
    """The function's name, and the names in its module through which it is called."""
    tree = ast.parse((ROOT / mutation.path).read_text())
    functions = {
        node.name: {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    found, before = {mutation.function.split(".")[-1]}, set[str]()
    while found != before:
        before = set(found)
        found |= {name for name, used in functions.items() if used & found}
    return found | set(mutation.function.split(".")[:1])


@cache
def source(function: Any) -> str:
    return inspect.getsource(function)


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text()


def equivalent() -> dict[str, str]:
    """The reason by the mutation's name."""
    if not EQUIVALENT.exists():
        return {}
    rows = tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])
    return {row["name"]: row["reason"] for row in rows}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
