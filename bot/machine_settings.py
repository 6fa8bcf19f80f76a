"""The table [machines] of config.toml."""

from typing import TYPE_CHECKING

from pydantic import Field

from bot.part import Part

if TYPE_CHECKING:
    from reports.verdicts import Rules


class Machines(Part):
    burst_links: int = Field(
        5,
        ge=0,
        le=100,
        description="So many different content links clicked within burst_seconds are a machine's clicks; 0: no rule.",
        examples=[5],
    )
    early_links: int = Field(
        3, ge=0, le=100, description="As burst_links, for a burst that begins just after delivery.", examples=[3]
    )
    burst_seconds: int = Field(10, ge=1, le=60, description="How long a burst may take, in seconds.", examples=[10])
    early_seconds: int = Field(
        120, ge=0, le=3600, description="How long after its delivery a burst is early, in seconds.", examples=[120]
    )
    leaving_seconds: int = Field(
        60,
        ge=0,
        le=3600,
        description="Clicks on content with an unsubscribe so near, in seconds, are a machine's; 0: no rule.",
        examples=[60],
    )

    def rules(self) -> "Rules":
        from reports.verdicts import Rules  # noqa: PLC0415 - so that --help is quick

        return Rules(**self.model_dump())
