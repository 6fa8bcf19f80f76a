"""Saved reports and dashboards in words, as Slack shows them."""

from bot.grammar import to_command
from reports.masking import masked_query
from reports.numbers import write_counted, write_instant
from reports.render.slack import escaped, unmarked
from reports.text import plain, shortened
from store.saved import Saved, Unreadable, Viewer, Visibility
from store.subscriptions import Kind

_COMMAND = 300


def seen_options(who: Viewer) -> dict[str, str]:
    """Whom somebody may show something to: words by the value that `seen` reads."""
    teams = {f"team:{team}": shortened(f"The team {plain(team)}", 75) for team in sorted(who.teams)}
    return {Visibility.PRIVATE: "Only me", **teams, Visibility.EVERYONE: "Everyone"}


def seen(value: str) -> tuple[Visibility, str | None]:
    """Whom it is shown to, and which team."""
    kind, _, team = value.partition(":")
    return Visibility(kind), team or None


def seen_value(saved: Saved) -> str:
    """As one of seen_options."""
    return f"team:{saved.team}" if saved.team else saved.visibility


def shown_to(saved: Saved, viewer: str) -> str:
    """Whom it is shown to, in a few words."""
    if saved.visibility is Visibility.TEAM:
        return f"for the team {unmarked(saved.team or '')}"
    if saved.visibility is Visibility.EVERYONE:
        return "for everyone"
    return "only for you" if saved.owner == viewer else "private"


def what(saved: Saved, *, reveal: bool) -> str:
    """What it asks, as one types it; `reveal` leaves addresses in it as they are."""
    if saved.kind is Kind.DASHBOARD:
        return write_counted(len(saved.reports), "report", "reports", "en") if saved.reports else "Nothing on it yet"
    try:
        query = saved.query if reveal else masked_query(saved.query)
    except Unreadable as error:
        return escaped(str(error))
    return f"`{escaped(shortened(plain(to_command(query)), _COMMAND)).replace('`', 'ˋ')}`"


def told(saved: Saved, viewer: str, locale: str, zone: str, *, reveal: bool) -> str:
    """Three lines of Slack's markup, as its owner or somebody else reads it."""
    whose = "" if saved.owner == viewer else f", {owner_of(saved)}'s"
    when = write_instant(saved.changed_at, locale, zone)
    changed = f"Saved {when}" if saved.version == 1 else f"Version {saved.version}, changed {when}"
    return f"*{unmarked(saved.name)}* — {shown_to(saved, viewer)}{whose}\n{what(saved, reveal=reveal)}\n{changed}"


def owner_of(saved: Saved) -> str:
    return f"<@{saved.owner}>" if saved.owner[:1] in "UW" else "the operator"
