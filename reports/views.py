"""The words that ask for sections: a section's own name, and names of answers that have several."""

from dataclasses import replace

from reports.compile import SECTIONS, section_of
from reports.query import Query
from reports.section import Scope

#: Answers of several sections, all of one scope. The first is what a question without a sub-command means.
VIEWS = {"show": ("summary", "timeline", "links")}
DEFAULT = "show"
#: In which order one reads on; what has to be told more than its name (a comparison, a contact) is not among them.
_READING = {
    Scope.EMAIL: (
        "show", "links", "map", "reading", "clients", "contacts", "recipients", "bounces", "lists", "workflows",
        "machines", "revenue",
    ),
    Scope.ALL: ("overview", "trend", "emails", "campaigns", "heatmap", "scatter", "automated", "sources"),
}  # fmt: skip


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


def following(query: Query) -> Query | None:
    """What one reads next about the same: the same period and filters, and of the options those that it has too.

    None: there is no order in which to go on.
    """
    words = _READING.get(scope_of(query.sections))
    if words is None:
        return None
    word = word_of(query.sections)
    after = words[(words.index(word) + 1) % len(words)] if word in words else words[1]
    sections = sections_of(after) or ()
    kept = options_of(sections) - {"page"}  # the third page of one list says nothing of another
    return replace(query, sections=sections, options=tuple(pair for pair in query.options if pair[0] in kept))
