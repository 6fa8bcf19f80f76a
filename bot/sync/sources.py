"""Which providers are pulled, with what, and by whom."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.provider_settings import Providers
from bot.pull_settings import Pulled
from bot.sync import hubspot, mailchimp
from bot.sync.api import Api, Provider
from bot.sync.run import Run, Span
from reports.verdicts import DEFAULT_RULES, Rules
from store.sync import Pace


@dataclass(frozen=True, slots=True)
class Source:
    """A provider that is pulled, as the settings have it."""

    name: str
    provider: Provider
    pull: Callable[[Api, Run, Span], Awaitable[None]]
    span: Span
    every: timedelta
    rules: Rules = DEFAULT_RULES  #: by which clicks are judged


def sources(settings: Providers, rules: Rules = DEFAULT_RULES) -> Mapping[str, Source]:
    """Those that have credentials, by name."""
    found = {}
    if settings.hubspot.token is not None:
        provider = Provider(
            name="HubSpot",
            base_url=settings.hubspot.base_url,
            secret=settings.hubspot.token.get_secret_value(),
            mend="Make a new token in Settings > Integrations > Private Apps, with the scopes that docs/sync.md "
            "names, and set providers.hubspot.token.",
            pace=Pace("hubspot", settings.hubspot.requests, timedelta(seconds=10)),
        )
        found["hubspot"] = _source("hubspot", provider, hubspot.pull, settings.hubspot, rules)
    if settings.mailchimp.api_key is not None:
        provider = Provider(
            name="Mailchimp",
            base_url=settings.mailchimp.api_url,
            secret=settings.mailchimp.api_key.get_secret_value(),
            mend="Make a new key in Account & billing > Extras > API keys, and set providers.mailchimp.api_key.",
            pace=Pace("mailchimp", mailchimp.REQUESTS, timedelta(seconds=10)),
        )
        found["mailchimp"] = _source("mailchimp", provider, mailchimp.pull, settings.mailchimp, rules)
    return found


#: What has to be set for a source to be pulled.
NEEDED = {"hubspot": "providers.hubspot.token", "mailchimp": "providers.mailchimp.api_key"}


def _source(
    name: str, provider: Provider, pull: Callable[[Api, Run, Span], Awaitable[None]], part: Pulled, rules: Rules
) -> Source:
    span = Span(timedelta(days=part.history_days), timedelta(hours=part.overlap_hours))
    return Source(name, provider, pull, span, timedelta(minutes=part.every_minutes), rules)
