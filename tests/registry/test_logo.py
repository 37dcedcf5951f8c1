"""A logo goes into documents as it is, so it is looked at when settings are dropped."""

import base64
import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from kwit.registry.company import SellerSettings
from kwit.registry.logo import LogoError, read_logo
from tests.billing.company import company_settings


def png(mode: str = "RGB", size: tuple[int, int] = (60, 20), **options: object) -> bytes:
    """Make a PNG with a slanted pattern."""
    image = Image.new("RGB", size, (255, 255, 255))
    for x in range(size[0]):
        image.putpixel((x, x % size[1]), (200, 30 + x % 200, 30))
    file = io.BytesIO()
    image.convert(mode).save(file, "PNG", **options)
    return file.getvalue()


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("mode", "components", "palette"), [("RGB", 3, False), ("L", 1, False), ("P", 1, True)]
)
def test_a_plain_image_is_read(mode: str, components: int, palette: bool) -> None:
    logo = read_logo(coded(png(mode)))
    assert (logo.width, logo.height, logo.components) == (60, 20, components)
    assert bool(logo.palette) is palette


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png("RGBA"), "transparent"),
        (png("LA"), "transparent"),
        (png("P", transparency=0), "transparent"),
        (png("RGB", transparency=(255, 255, 255)), "transparent"),
        (png("1"), "8 bits"),
        (png(size=(1300, 2)), "1200 x 1200"),
        (b"GIF89a", "not a PNG"),
        (png()[:-20], "not complete|damaged"),
        (png()[:50] + b"\0" + png()[51:], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50_000), "bytes"),
    ],
)
def test_what_cannot_stand_on_paper_is_named(content: bytes, said: str) -> None:
    with pytest.raises(LogoError, match=said):
        read_logo(coded(content))


def test_words_are_no_logo() -> None:
    with pytest.raises(LogoError, match="base64"):
        read_logo("logo.png")


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_spoiled_image_is_refused_or_read_and_nothing_else(at: int, byte: int) -> None:
    content = bytearray(png())
    content[at % len(content)] = byte
    with contextlib.suppress(LogoError):
        logo = read_logo(coded(bytes(content)))
        assert logo.width <= 1200


def test_settings_refuse_a_wrong_logo_and_a_wrong_colour() -> None:
    seller = company_settings().seller.model_dump()
    with pytest.raises(ValidationError, match="logo is not a PNG"):
        SellerSettings.model_validate(seller | {"logo": coded(b"GIF89a")})
    with pytest.raises(ValidationError, match="colour"):
        SellerSettings.model_validate(seller | {"colour": "green"})
