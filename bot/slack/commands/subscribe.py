"""`/emailstats subscribe [QUESTION] [SCHEDULE]`: opens the form, filled in as far as was said."""

from bot.grammar import split
from bot.slack.modals import subscribe
from bot.slack.poster import send
from bot.slack.services import Asked, Command
from bot.subscriptions.words import split_schedule
from reports.calendar import Schedule

USAGE = (
    "`/emailstats subscribe overview weekly on Monday at 09:00` — have it sent to a channel, people or mail addresses"
)
_OPEN = (
    "The form is open. Closed it? Type `/emailstats subscribe` again; `/emailstats subscriptions` shows those you have."
)


async def run(asked: Asked) -> None:
    if asked.services.subscribing is None:
        await send(asked, "Subscriptions are not available here.")
        return
    _, text = split(asked.text, COMMAND.words, "")
    question, schedule = split_schedule(text, Schedule(zone=asked.reader.zone))
    in_channel = asked.channel.startswith(("C", "G"))
    draft = subscribe.Draft(
        asks=question or "overview",
        schedule=schedule or Schedule(zone=asked.reader.zone),
        conversations=(asked.channel,) if in_channel else (),
        people=() if in_channel else (asked.user,),
    )
    view = subscribe.build(draft, asked.reader.locale, asked.services.now(), asked.response_url)
    await asked.client.views_open(trigger_id=asked.trigger_id, view=view)
    await send(asked, _OPEN)


COMMAND = Command(words=("subscribe",), run=run)
