"""Other ways to write what a patient asked for, so that a search finds something. No database."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches

NEAR = 0.75  # how similar a misspelt word must be, from 0 to 1
SHORTEST = 3  # a shorter word alone finds too much
# What people say, and the word that our guides use.
EVERYDAY = {
    "groin strain": "groin",
    "pulled groin": "groin",
    "pulled muscle": "stretch",
    "bum": "gluteus",
    "buttock": "gluteus",
    "glutes": "gluteus",
    "hammy": "hamstring",
    "lower back": "low back",
    "tummy": "trunk",
    "psoas ilíaco": "iliopsoas",
    "psoas iliaco": "iliopsoas",
    "distensión": "ingle",
    "tirón": "ingle",
    "lumbago": "lumbar",
    "nalgas": "glúteo",
    "trasero": "glúteo",
    "sentado": "silla",
}
# For a Spanish question where the guide is in English still.
IN_ENGLISH = {
    "flexores de la cadera": "hip flexor",
    "flexor de la cadera": "hip flexor",
    "isquiotibiales": "hamstring",
    "glúteo": "gluteus",
    "gluteo": "gluteus",
    "cadera": "hip",
    "ingle": "groin",
    "muslo": "thigh",
    "rodilla": "knee",
    "espalda": "back",
    "estiramiento": "stretch",
    "estirar": "stretch",
    "ejercicio": "exercise",
}
SMALL_WORDS = frozenset(
    ("and", "are", "for", "how", "the", "with", "when")
    + ("con", "cuando", "del", "estar", "las", "los", "para", "por", "una", "que")
)


def attempts(words: str, known: Callable[[], list[str]]) -> Iterator[str]:
    """`words` in lower case, then what to try after it, each once. `known` is called when needed."""
    seen: set[str] = set()
    for tried in _attempts(words, known):
        if tried and tried not in seen:
            seen.add(tried)
            yield tried


def _attempts(words: str, known: Callable[[], list[str]]) -> Iterator[str]:
    yield words
    yield singular(words)
    ours = known()
    yield nearest(words, ours)
    yield from joined(words, ours)
    yield from everyday(words)
    alone = [word for word in words.split() if len(word) >= SHORTEST and word not in SMALL_WORDS]
    for word in sorted(alone, key=len, reverse=True):
        yield from (word, singular(word), nearest(word, ours), *everyday(word))
    yield from everyday(words, IN_ENGLISH)


def is_a_form(tried: str, words: str) -> bool:
    """Whether it is the same question in another form, of which nobody needs to be told."""
    return tried in (words, singular(words))


def singular(words: str) -> str:
    """`hips` as `hip`, `stretches` as `stretch`, `flexores` as `flexor`."""
    return " ".join(_singular(word) for word in words.split())


def _singular(word: str) -> str:
    for ending in ("ches", "shes", "sses", "xes", "ores", "ones"):
        if word.endswith(ending):
            return word[:-2]
    ends = (
        len(word) > SHORTEST and word.endswith("s") and not word.endswith(("ss", "us", "as", "is"))
    )
    return word[:-1] if ends else word


def nearest(words: str, known: list[str]) -> str:
    """The words in the spelling that we know; empty where nothing changes."""
    asked = words.split()
    found = [_nearest(word, known) or _nearest(singular(word), known) or word for word in asked]
    return " ".join(found) if found != asked else ""


def _nearest(word: str, known: list[str]) -> str:
    if len(word) <= SHORTEST or word in SMALL_WORDS:
        return ""
    return "".join(get_close_matches(word, known, 1, NEAR))


def joined(words: str, known: list[str]) -> Iterator[str]:
    """`ileo psoas` as `iliopsoas`: two neighbours that are one word of ours."""
    asked = words.split()
    for n in range(len(asked) - 1):
        near = _nearest(asked[n] + asked[n + 1], known)
        if near and near not in SMALL_WORDS:
            yield " ".join([*asked[:n], near, *asked[n + 2 :]])
            yield near


def everyday(words: str, meanings: dict[str, str] = EVERYDAY) -> Iterator[str]:
    for said, ours in meanings.items():
        if f" {said} " in f" {words} {singular(words)} ":
            yield ours
