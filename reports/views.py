"""The words that ask for sections: a section's own name, and names of answers that have several."""

from reports.compile import SECTIONS, section_of
from reports.section import Scope

#: Answers of several sections, all of one scope. The first is what a question without a sub-command means.
VIEWS = {"show": ("summary", "timeline", "links")}
DEFAULT = "show"


def sections_of(word: str) -> tuple[str, ...] | None:
    """The sections that a word asks for, or None: it is no such word."""
    return VIEWS.get(word) or ((word,) if word in SECTIONS else None)


def word_of(sections: tuple[str, ...]) -> str:
    """The word that asks for these sections; the first section's where no word asks for just these."""
    return next((word for word, named in VIEWS.items() if named == sections), sections[0])


def all_words() -> tuple[str, ...]:
    """Every word that asks for sections."""
    return (*VIEWS, *SECTIONS)


def scope_of(sections: tuple[str, ...]) -> Scope:
    """What sections that stand together are about. Raises reports.compile.UnknownSection."""
    return section_of(sections[0]).scope


def options_of(sections: tuple[str, ...]) -> frozenset[str]:
    """The keys of the options that any of the sections reads."""
    return frozenset().union(*(section_of(name).options for name in sections))


def rates_alone(sections: tuple[str, ...]) -> bool:
    """Whether any of the sections can do nothing with a metric that is a count."""
    return not all(section_of(name).counts for name in sections)
