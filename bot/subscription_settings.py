"""The table [subscriptions] of config.toml."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from bot.part import Part, listed

if TYPE_CHECKING:
    from bot.subscriptions.addresses import AddressRules


def _domains(domains: tuple[str, ...]) -> tuple[str, ...]:
    from bot.subscriptions.addresses import normal_domain  # noqa: PLC0415 - the store, which --help does without

    return tuple(normal_domain(domain) for domain in domains)


class Subscriptions(Part):
    allowed_domains: Annotated[tuple[str, ...], BeforeValidator(listed), AfterValidator(_domains)] = Field(
        (),
        description="Domains of mail addresses that may be subscribed without confirming; each exactly as written.",
        examples=['["example.com"]'],
    )
    other_domains: Literal["confirm", "refuse"] = Field(
        "confirm",
        description="What becomes of any other address: its owner has to confirm once, or it can't be subscribed.",
        examples=["refuse"],
    )

    def rules(self) -> "AddressRules":
        from bot.subscriptions.addresses import AddressRules  # noqa: PLC0415 - as above

        return AddressRules(frozenset(self.allowed_domains), self.other_domains == "refuse")
