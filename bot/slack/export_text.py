"""Files in words and buttons, as Slack shows them."""

from collections.abc import Sequence
from typing import Any

from bot.exports.exporting import Link, Listed
from bot.exports.words import asks, kind_of
from reports.numbers import write_count, write_counted, write_due, write_instant, write_size
from reports.render.slack import Message, escaped, unmarked
from store.exports import Job, State

Block = dict[str, Any]

_ENDING = {
    "title": {"type": "plain_text", "text": "End the links to this file?"},
    "text": {"type": "plain_text", "text": "Nobody can fetch it any more, until you make a new link."},
    "confirm": {"type": "plain_text", "text": "End them"},
    "deny": {"type": "plain_text", "text": "Keep them"},
    "style": "danger",
}


def progress(job: Job) -> Message:
    """How far it is."""
    return _message(f"{_making(job)} …\n{_rows(job)}", [])


def made(job: Job, link: Link, unmailed: Sequence[str] = ()) -> Message:
    """It can be fetched. `unmailed` are addresses that no mail with the link has reached."""
    lines = [fetch(job, link), _about(job)]
    if unmailed:
        lines.append(f"No mail has reached {', '.join(map(unmarked, unmailed))}: pass the link on yourself.")
    return _message("\n".join(lines), buttons(job, "export", linked=True))


def failed(job: Job) -> Message:
    """It could not be made, and why."""
    why = escaped(job.problem or "")
    return _message(f"*{_title(job)}* could not be made.\n{why}", buttons(job, "export", linked=False))


def gone(job: Job) -> Message:
    """Its time was up."""
    words = f"*{escaped(job.name or '')}* is gone: its time was up.\n{_about(job)}"
    return _message(words, buttons(job, "export", linked=False))


def ended(job: Job) -> Message:
    """Its links were ended."""
    words = f"*{escaped(job.name or '')}*: the links to it are ended.\n{_about(job)}"
    return _message(words, buttons(job, "export", linked=False))


def fetch(job: Job, link: Link) -> str:
    """The link as Slack shows it, and until when it is good."""
    until = write_due(link.expires, job.query.locale, job.query.zone)
    return (
        f"<{link.url}|{escaped(job.name or 'Download')}> ({_size(job)})\n"
        f"Good until {escaped(until)}. Whoever has the link can fetch the file."
    )


def shared(job: Job) -> list[Block]:
    """What stands under a link to it that somebody has posted: not its name, which is whatever its owner typed."""
    words = f"A file of emailstats: {_about(job)} ({_size(job)}).\nWhoever has the link can fetch it."
    if job.reveal:
        words += " It has recipients' addresses: its owner can end the links with `/emailstats exports`."
    return _message(words, []).blocks


def listed(entry: Listed) -> str:
    """A file in a list, in three lines."""
    job = entry.job
    return "\n".join((f"*{_title(job)}*", _about(job), _state(entry)))


def buttons(job: Job, prefix: str, *, linked: bool) -> list[Block]:
    """What its owner may do with it; `linked`: a link to it is good."""
    number = str(job.id)
    if job.state in (State.FAILED, State.REMOVED) or job.problem is not None:
        return [_button(f"{prefix}_again", "Make it again", number)]
    if job.state in (State.WAITING, State.MAKING):
        return []
    found = [_button(f"{prefix}_renew", "New link", number)]
    if linked:
        found.append({**_button(f"{prefix}_revoke", "End the links", number), "style": "danger", "confirm": _ENDING})
    return found


def page_buttons(first: int, size: int, total: int) -> list[Block]:
    """To the pages beside the one that begins there."""
    earlier = [_button("exports_page_back", "Newer", str(first - size))] if first else []
    later = [_button("exports_page_on", "Older", str(first + size))] if first + size < total else []
    return earlier + later


def _state(entry: Listed) -> str:
    job, locale, zone = entry.job, entry.job.query.locale, entry.job.query.zone
    match job.state:
        case State.WAITING:
            return "Waits for its turn"
        case State.MAKING:
            return _rows(job)
        case State.REMOVED:
            return "Gone: its time was up"
    if job.problem is not None:
        return f"Could not be made: {escaped(job.problem)}"
    link = f"The link is good until {write_due(entry.until, locale, zone)}" if entry.until else "No link is good"
    last = f", last on {write_instant(entry.last, locale, zone)}" if entry.last else ""
    times = write_counted(entry.fetched, "time", "times", locale) if entry.fetched else "never"
    return escaped(f"{_size(job)}. {link}. Fetched {times}{last}")


def _title(job: Job) -> str:
    return escaped(job.name) if job.name else f"{unmarked(asks(job.queries))} ({kind_of(job)})"


def _making(job: Job) -> str:
    return f"Making *{unmarked(asks(job.queries))}* as {kind_of(job)}"


def _rows(job: Job) -> str:
    if not job.rows or not job.rows_done:
        return "Just begun"
    if job.rows_done >= job.rows:
        return "All rows are in it; the last touches"
    done, rows = (write_count(count, job.query.locale) for count in (job.rows_done, job.rows))
    return f"{100 * job.rows_done // job.rows} %: {done} of {rows} rows"


def _about(job: Job) -> str:
    asked = write_instant(job.created_at, job.query.locale, job.query.zone)
    return f"{unmarked(asks(job.queries))}, asked for on {escaped(asked)}"


def _size(job: Job) -> str:
    return f"{kind_of(job)}, {write_size(job.size or 0, job.query.locale)}"


def _message(words: str, elements: Sequence[Block]) -> Message:
    blocks: list[Block] = [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]
    if elements:
        blocks.append({"type": "actions", "elements": list(elements)})
    return Message(words, blocks)


def _button(action: str, label: str, value: str) -> Block:
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": action, "text": text, "value": value}
