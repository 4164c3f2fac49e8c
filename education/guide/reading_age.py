"""Reading age: the Flesch–Kincaid grade, with syllables from Pyphen's dictionaries.

Kincaid and others (1975): grade = 0.39 words a sentence + 11.8 syllables a word - 15.59; a child of
grade g is about g + 5 years old. Hyphenation marks fewer breaks than there are syllables, so the
groups of vowels are counted too and the larger number taken: the age errs on the old side.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import pyphen

AIM = 12
LONGEST = 25
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
ENDS = re.compile(r"(?<=[.!?:;])\s+")
VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True)
class Reading:
    """The counts of a text."""

    words: int
    sentences: int
    syllables: int

    @property
    def grade(self) -> float:
        if not self.words:
            return 0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def age(self) -> int:
        """In years, rounded; 0 without text."""
        return max(5, round(self.grade + 5)) if self.words else 0

    @property
    def fits(self) -> bool:
        return self.age <= AIM


@lru_cache(maxsize=4)
def dictionary(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang=pyphen.language_fallback(language.replace("-", "_")) or "en_GB")


def sentences(texts: Iterable[str]) -> list[str]:
    """Every sentence. Each text ends one, so a list's items count separately."""
    found = [sentence for text in texts for sentence in ENDS.split(text.strip())]
    return [sentence for sentence in found if WORD.search(sentence)]


def words(sentence: str) -> list[str]:
    return WORD.findall(sentence)


@lru_cache(maxsize=4096)
def syllables(word: str, language: str = "en_GB") -> int:
    spoken = word.lower().removesuffix("e")
    marked = len(dictionary(language).positions(word)) + 1
    return max(marked, len(VOWELS.findall(spoken)), 1)


def measure(texts: Iterable[str], language: str = "en_GB") -> Reading:
    """Measure texts of one language."""
    split = [words(sentence) for sentence in sentences(texts)]
    every = [word for sentence in split for word in sentence]
    return Reading(
        words=len(every),
        sentences=len(split),
        syllables=sum(syllables(word, language) for word in every),
    )


def long_sentences(texts: Iterable[str]) -> list[str]:
    """Those of more than 25 words."""
    return [sentence for sentence in sentences(texts) if len(words(sentence)) > LONGEST]
