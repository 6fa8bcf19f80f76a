"""Who is in the stand-in's workspace, and what one may type there."""

from dataclasses import dataclass

from bot.sandbox.doors import ANNA
from bot.sandbox.methods import BOT_USER


@dataclass(frozen=True, slots=True)
class Member:
    id: str
    name: str
    role: str
    tz: str
    locale: str
    admin: bool = False
    guest: bool = False

    @property
    def told(self) -> dict[str, str | bool]:
        """What users.info tells the app of them."""
        return {"tz": self.tz, "locale": self.locale, "is_admin": self.admin, "is_restricted": self.guest}


PEOPLE = {
    one.id: one
    for one in (
        Member(ANNA, "Anna", "admin, Amsterdam, Dutch", "Europe/Amsterdam", "nl-NL", admin=True),
        Member("U0MARK00000", "Mark", "member, London, English", "Europe/London", "en-GB"),
        Member("U0GUEST0000", "Gita", "guest, Kolkata, English", "Asia/Kolkata", "en-IN", guest=True),
        Member("U0LENA00000", "Lena", "member, New York, German", "America/New_York", "de-DE"),
    )
}
GENERAL = "C0GENERAL00"
CHANNELS = {GENERAL: "general"}
#: What the composer completes.
EXAMPLES = (
    "/emailstats help",
    "/emailstats newsletter-may",
    "/emailstats latest",
    "@emailstats latest",
    "/emailstats overview last 90 days",
    "/emailstats links newsletter-may",
    "/emailstats map newsletter-may",
    "/emailstats trend last 90 days",
    "/emailstats bounces newsletter-may",
)


def name_of(identifier: str) -> str:
    """What a person or a channel is called; one that is not known is called by its identifier."""
    if identifier in PEOPLE:
        return PEOPLE[identifier].name
    return "emailstats" if identifier == BOT_USER else CHANNELS.get(identifier, identifier)
