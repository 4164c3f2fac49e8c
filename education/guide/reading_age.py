"""Reading age: a school grade from words, sentences, and syllables by Pyphen's dictionaries.

English, Kincaid and others (1975): grade = 0.39 words a sentence + 11.8 syllables a word - 15.59. Spanish
words are longer, so it has a formula of its own, Crawford (1984): grade = 0.049 syllables - 0.205 sentences
in 100 words - 3.407. A child of grade g is about g + 5 years old. In English, hyphenation marks fewer
breaks than there are syllables, so groups of vowels are counted too and the larger number taken: the age
errs on the old side.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import pyphen

FROM = 11
AIM = 12
LONGEST = 25
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
ENDS = re.compile(r"(?<=[.!?:;])\s+")
VOWELS = re.compile(r"[aeiouy]+")
SPANISH_VOWELS = re.compile(r"[iuü]?[aeoáéó][iuy]?|[íú]|[iuü]+")


@dataclass(frozen=True)
class Reading:
    """The counts of a text."""

    words: int
    sentences: int
    syllables: int
    language: str = "en"

    @property
    def grade(self) -> float:
        if not self.words:
            return 0
        if self.language.startswith("es"):
            return (4.9 * self.syllables - 20.5 * self.sentences) / self.words - 3.407
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def years(self) -> float:
        """0 without text."""
        return max(5.0, self.grade + 5) if self.words else 0.0

    @property
    def age(self) -> int:
        """In years, rounded."""
        return round(self.years)

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
def syllables(word: str, language: str = "en") -> int:
    if language.startswith("es"):
        return max(len(SPANISH_VOWELS.findall(word.lower())), 1)
    spoken = word.lower().removesuffix("e")
    marked = len(dictionary(language).positions(word)) + 1
    return max(marked, len(VOWELS.findall(spoken)), 1)


def measure(texts: Iterable[str], language: str = "en") -> Reading:
    """Measure texts of one language, by its code."""
    split = [words(sentence) for sentence in sentences(texts)]
    every = [word for sentence in split for word in sentence]
    return Reading(
        words=len(every),
        sentences=len(split),
        syllables=sum(syllables(word, language) for word in every),
        language=language,
    )


def long_sentences(texts: Iterable[str]) -> list[str]:
    """Those of more than 25 words."""
    return [sentence for sentence in sentences(texts) if len(words(sentence)) > LONGEST]
