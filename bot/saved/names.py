"""Reports and dashboards as people name them. Pure."""

from store.subscriptions import Kind

_QUOTES = {'"': '"', "“": "”", "”": "”", "„": "“", "«": "»"}


def saved_name(text: str) -> tuple[Kind, str] | None:
    """Which one is meant by `report NAME` or `dashboard NAME`; None: it is another question."""
    word, _, name = text.strip().partition(" ")
    if word.casefold() not in (Kind.REPORT, Kind.DASHBOARD) or not name.strip():
        return None
    return Kind(word.casefold()), unquoted(name)


def unquoted(name: str) -> str:
    """A name without the quotation marks around it."""
    name = name.strip()
    if len(name) > 1 and name[0] in _QUOTES and name[-1] in {_QUOTES[name[0]], '"', "”"}:
        return name[1:-1].strip()
    return name
