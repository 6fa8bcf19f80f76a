"""What mails look like is checked when the settings are read, not when the first one is sent."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from bot.brand_settings import Branding
from bot.mail.brand import DARK, Brand, brand_of
from bot.mail.colour import BLACK, WHITE, contrast, readable
from bot.settings import SettingsError

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "#0b5cad").save(file, kind)
    return file.getvalue()


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast(BLACK, WHITE) == contrast(WHITE, BLACK) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.005)
    assert contrast("#123456", "#123456") == 1


@given(colours, colours)
def test_a_colour_made_readable_can_be_read(colour: str, background: str) -> None:
    found = readable(colour, background)
    assert contrast(found, background) >= 4.5
    assert found == colour or contrast(colour, background) < 4.5


def test_a_colour_that_can_t_be_read_on_white_is_refused_with_one_that_can() -> None:
    with pytest.raises(ValidationError, match=r"should be darker, to be read on white; #[0-9a-f]{6} is"):
        Branding(colour="#ffcc00")


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#0b5cad; background: url(x)"])
def test_a_colour_is_six_digits(colour: str) -> None:
    with pytest.raises(ValidationError, match="should be a colour such as #0b5cad"):
        Branding(colour=colour)


def test_on_dark_the_colour_is_lighter() -> None:
    assert contrast(Brand("Example", "#0b2447").on_dark, DARK) >= 4.5


@pytest.mark.parametrize(
    ("size", "shown"), [((480, 96), (240, 48)), ((100, 20), (100, 20)), ((2000, 40), (240, 5)), ((10, 4000), (1, 48))]
)
def test_a_logo_keeps_its_shape_within_the_space_there_is(
    size: tuple[int, int], shown: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(picture(*size))
    logo = brand_of(Branding(logo=path)).logo
    assert logo is not None
    assert (logo.width, logo.height) == shown
    assert logo.media_type == "image/png"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "No such file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG and no JPEG"),
        (picture(300, 50) + b"\0" * 70_000, "65,536 is the most"),
    ],
)
def test_a_logo_that_no_mail_can_carry_is_refused_with_its_name(
    content: bytes | None, fault: str, tmp_path: Path
) -> None:
    path = tmp_path / "logo.svg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=f"brand.logo: .*logo.svg.*{fault}"):
        brand_of(Branding(logo=path))
