"""How mail looks and whose it is: the value that is made of the table [brand] of config.toml."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from bot.brand_settings import Branding
from bot.mail.colour import readable
from bot.settings import SettingsError
from reports.charts.style import THEMES
from reports.text import plain

_LARGEST_LOGO: Final = 64 * 1024  # bytes: it goes with every mail
_LOGO_WIDTH, _LOGO_HEIGHT = 240, 48  # CSS pixels at most
#: Behind the text of mails in dark mode.
DARK: Final = THEMES["dark"].background


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture, and how large it is shown in CSS pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Brand:
    """`colour` can be read on white and `on_dark` on dark; `footer` is a sentence or an address of the sender's."""

    name: str
    colour: str
    footer: str = ""
    logo: Logo | None = None

    @property
    def on_dark(self) -> str:
        return readable(self.colour, DARK)


def brand_of(settings: Branding) -> Brand:
    """Reads the logo. Raises SettingsError."""
    logo = None if settings.logo is None else _logo(settings.logo)
    return Brand(plain(settings.name), settings.colour, plain(settings.footer or ""), logo)


def _logo(path: Path) -> Logo:
    try:
        content = path.read_bytes()
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
            width, height, kind = image.width, image.height, image.format
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        fault = error.strerror if isinstance(error, OSError) and error.strerror else "it is no PNG and no JPEG"
        raise SettingsError([f"brand.logo: {path} can't be used: {fault}"]) from None
    if len(content) > _LARGEST_LOGO:
        raise SettingsError([f"brand.logo: {path} has {len(content):,} bytes; {_LARGEST_LOGO:,} is the most"])
    scale = min(1.0, _LOGO_WIDTH / width, _LOGO_HEIGHT / height)
    return Logo(content, f"image/{str(kind).lower()}", max(1, round(width * scale)), max(1, round(height * scale)))
