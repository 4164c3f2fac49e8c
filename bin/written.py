"""Documents with a part that a command writes, between two comments."""

import re
from collections.abc import Callable
from pathlib import Path


def replace_between(path: Path, name: str, make: Callable[[str], str]) -> None:
    """Put `make(what stands there)` between `<!-- name -->` and `<!-- /name -->`.

    A document without them gets them at its end.
    """
    text = path.read_text() if path.exists() else ""
    marks = (f"<!-- {name} -->", f"<!-- /{name} -->")
    if marks[0] not in text:
        text = f"{text.rstrip()}\n\n{marks[0]}\n{marks[1]}\n".lstrip()
    pattern = re.compile(f"{re.escape(marks[0])}\n(.*?){re.escape(marks[1])}", re.DOTALL)
    path.write_text(pattern.sub(lambda m: f"{marks[0]}\n{make(m[1])}\n{marks[1]}", text))
