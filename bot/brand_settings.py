"""The table [brand] of config.toml: what mails look like, and whose they say they are."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.mail.colour import ENOUGH, WHITE, contrast, readable
from bot.part import Part


def _colour(colour: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError("should be a colour such as #0b5cad")
    if contrast(colour, WHITE) < ENOUGH:
        raise ValueError(f"should be darker, to be read on white; {readable(colour, WHITE)} is")
    return colour.lower()


class Branding(Part):
    name: str = Field(
        "emailstats",
        min_length=1,
        max_length=60,
        description="What stands at the head of every mail, and beside the logo for who sees no pictures.",
        examples=["Example Ltd"],
    )
    colour: Annotated[str, AfterValidator(_colour)] = Field(
        "#0b5cad",
        description="The colour of links, buttons and the line at the head; dark enough to be read on white.",
        examples=["#0b5cad"],
    )
    logo: Path | None = Field(
        None,
        description="A PNG or JPEG of at most 64 KiB, shown at most 240 by 48 pixels large in the place of the name.",
        examples=["logo.png"],
    )
    footer: str | None = Field(
        None,
        min_length=1,
        max_length=300,
        description="What stands at the foot of every mail: who you are, and where.",
        examples=["Example Ltd, 1 High Street, Exampletown"],
    )
