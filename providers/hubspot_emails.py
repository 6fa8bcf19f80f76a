"""HubSpot's descriptions of e-mails: the marketing e-mails of its API, and the campaigns of the older one.

One marketing e-mail has a campaign for each way it went out; events name campaigns, so each is described alike.
https://developers.hubspot.com/docs/api-reference/marketing-marketing-emails-v3-v3/guide
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from providers.hubspot import NotAPage, identifier, listed
from providers.hubspot_words import PROVIDER
from providers.intake import Intake
from providers.reading import at_path, decoded, instant_of, read_items, table_of, text_of
from reports.events import Email

#: Types of marketing e-mails that go out once, at a time that is known.
_SINGLE = {"AB_EMAIL", "BATCH_EMAIL", "BLOG_EMAIL_CHILD", "LOCALTIME_EMAIL", "RSS_EMAIL_CHILD"}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of what marketing e-mails only number; what is not in it is left out."""

    lists: Mapping[str, str]
    teams: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Statistics:
    """HubSpot's own figures of a marketing e-mail, of all its campaigns together: distinct recipients by counter."""

    name: str
    campaigns: tuple[str, ...]
    sent_at: datetime | None
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EmailsPage:
    """A page of marketing e-mails, as they came."""

    items: list[Any]
    after: str | None  #: leads to the next page; None: this was the last

    @property
    def list_ids(self) -> list[str]:
        """The lists that these e-mails were addressed to."""
        return sorted({number for item in self.items for number in _included(item)})

    def intake(self, names: Names) -> Intake:
        """Descriptions, one a campaign."""
        return read_items(self.items, lambda item: _emails(item, names))

    def only_lists(self, names: Names) -> dict[str, str]:
        """By campaign, the list through which each of its recipients was selected: it went to no other, and to nobody
        beside it."""
        return {
            number: names.lists[listed[0]]
            for item in map(_table, self.items)
            if len(listed := _included(item)) == 1 and listed[0] in names.lists and not _besides(item)
            for number in _words(item.get("allEmailCampaignIds"))
        }

    def statistics(self) -> list[Statistics]:
        """Of those that went out; asked for with includeStats."""
        return [told for item in map(_table, self.items) if (told := _statistics(item)).counters and told.campaigns]

    @property
    def updated_at(self) -> datetime | None:
        """The latest change of any of them."""
        times = []
        for item in map(_table, self.items):
            with suppress(ValueError):
                times.append(instant_of(item, "updatedAt"))
        return max(times, default=None)


def emails_page(body: bytes) -> EmailsPage:
    """A page of /marketing/v3/emails. Raises NotAPage."""
    told, items = _results(body, "results")
    after = at_path(told, "paging.next.after")
    return EmailsPage(items, after if isinstance(after, str) and after else None)


def team_names(body: bytes) -> dict[str, str]:
    """Names of teams by number, of an answer of /settings/v3/users/teams. Raises NotAPage."""
    items = (_table(item) for item in _results(body, "results")[1])
    return {key: name for item in items if (key := identifier(item, "id")) and (name := text_of(item, "name"))}


def list_name(body: bytes) -> dict[str, str]:
    """The name by number of an answer of /crm/v3/lists/{id}. Raises NotAPage."""
    told = table_of(_table(_decoded(body)), "list")
    number, name = identifier(told, "listId"), text_of(told, "name")
    return {number: name} if number and name else {}


def campaigns_page(body: bytes) -> tuple[dict[str, str], str | None]:
    """The applications by campaign of a page of /email/public/v1/campaigns/by-id, and its next offset.

    A campaign can be asked for only together with its application. Raises NotAPage.
    """
    items, offset = listed(body, "campaigns")
    told = ((identifier(_table(item), "id"), identifier(_table(item), "appId")) for item in items)
    return {campaign: application for campaign, application in told if campaign and application}, offset


def campaign(body: bytes) -> Intake:
    """The description in an answer of /email/public/v1/campaigns/{id}. Raises NotAPage."""
    return read_items([_decoded(body)], _campaign)


def content_id(body: bytes) -> str | None:
    """The marketing e-mail that a campaign is of. Raises NotAPage."""
    return identifier(_table(_decoded(body)), "contentId")


def _campaign(item: Mapping[str, Any]) -> list[Email]:
    number = identifier(item, "id")
    if number is None:
        raise ValueError("id: empty")
    name, subject, kind = text_of(item, "name"), text_of(item, "subject"), text_of(item, "type")
    return [Email(id=number, provider=PROVIDER, name=name, subject=subject, type=kind)]


def _emails(item: Any, names: Names) -> list[Email]:
    told = _table(item)
    if not told:
        raise ValueError("no marketing e-mail")
    campaigns = _campaigns(told)
    if not campaigns:
        return []
    sender = table_of(told, "from")
    teams = [names.teams[team] for team in _words(told.get("teamsWithAccess")) if team in names.teams]
    first = Email(
        id=campaigns[0],
        provider=PROVIDER,
        name=text_of(told, "name"),
        subject=text_of(told, "subject"),
        from_name=text_of(sender, "fromName"),
        from_address=text_of(sender, "replyTo"),
        sent_by=text_of(told, "publishedByName") or text_of(told, "publishedByEmail"),
        sent_at=_sent_at(told),
        type=text_of(told, "type"),
        campaign=text_of(told, "campaignName"),
        business_unit=identifier(told, "businessUnitId"),
        team=next(iter(teams), None),
        workflow=next(iter(_words(told.get("workflowNames"))), None),
        lists=tuple(names.lists[number] for number in _included(told) if number in names.lists),
        html=_html(table_of(told, "content")),
    )
    return [replace(first, id=number) for number in dict.fromkeys(campaigns)]


def _statistics(told: Mapping[str, Any]) -> Statistics:
    counters = table_of(table_of(told, "stats"), "counters")
    whole = {name: value for name, value in counters.items() if type(value) is int and value >= 0}
    try:
        sent_at = _sent_at(told)
    except ValueError:
        sent_at = None
    return Statistics(text_of(told, "name") or "", tuple(_campaigns(told)), sent_at, whole)


def _campaigns(told: Mapping[str, Any]) -> list[str]:
    return _words(told.get("allEmailCampaignIds")) or _words([told.get("primaryEmailCampaignId")])


def _sent_at(told: Mapping[str, Any]) -> datetime | None:
    """When a single mailing went out. What is sent on and on has no such time, and a draft not yet."""
    if told.get("isPublished") is not True or told.get("type") not in _SINGLE:
        return None
    field = next((field for field in ("publishDate", "publishedAt") if text_of(told, field)), None)
    return instant_of(told, field) if field else None


def _html(content: Mapping[str, Any]) -> str | None:
    """The texts of an e-mail in the order in which they stand; HubSpot gives no whole HTML."""
    widgets = table_of(content, "widgets")
    placed = [name for name in _placed(content.get("flexAreas")) if name in widgets]
    bodies = (table_of(table_of(widgets, name), "body") for name in dict.fromkeys([*placed, *widgets]))
    return "\n".join(html for body in bodies if (html := text_of(body, "html"))) or None


def _placed(areas: Any) -> Iterator[str]:
    """Names of widgets by area, section and column, as the page has them."""
    for area in areas.values() if isinstance(areas, dict) else ():
        for section in _tables(_table(area).get("sections")):
            for column in _tables(section.get("columns")):
                yield from _words(column.get("widgets"))


def _included(item: Any) -> list[str]:
    return _words(at_path(_table(item), "to.contactIlsLists.include"))


def _besides(item: Mapping[str, Any]) -> bool:
    """Whether it went to single contacts, or to lists of the older kind, as well."""
    return any(_words(at_path(item, f"to.{field}.include")) for field in ("contactIds", "contactLists"))


def _words(told: Any) -> list[str]:
    """Identifiers or names of a list; an empty one for all else."""
    items = told if isinstance(told, list) else []
    return [str(item) for item in items if isinstance(item, str | int) and not isinstance(item, bool) and item]


def _tables(told: Any) -> list[Mapping[str, Any]]:
    return [item for item in told if isinstance(item, dict)] if isinstance(told, list) else []


def _table(item: Any) -> Mapping[str, Any]:
    return item if isinstance(item, dict) else {}


def _results(body: bytes, field: str) -> tuple[Mapping[str, Any], list[Any]]:
    told = _table(_decoded(body))
    items = told.get(field)
    if not isinstance(items, list):
        raise NotAPage(f"no page: the field `{field}` is missing")
    return told, items


def _decoded(body: bytes) -> Any:
    try:
        return decoded(body)
    except ValueError as error:
        raise NotAPage(str(error)) from None
