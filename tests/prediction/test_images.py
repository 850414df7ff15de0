"""A picture of a digit or of clothes becomes what the data set would have made of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import drawing
from common import data
from conftest import DATA_DIR
from prediction import images
from prediction.answers import Trained


def prepared(image, folder, name="picture.png", prepare=images.digit):
    image.save(folder / name)
    return prepare(images.read_grey(folder / name)).astype(int)


def with_alpha(image, colour):
    """Return strokes of a colour on nothing."""
    ink = Image.eval(image, lambda value: 255 - value)
    picture = Image.new("RGBA", image.size, (*[colour] * 3, 0))
    picture.putalpha(ink)
    return picture


def photograph(image, seed=0):
    """Return a picture as a camera may see it: on a page, in slanting light, with noise."""
    rng = np.random.default_rng(seed)
    page = np.ones((500, 640))
    top, left = rng.integers(20, 180, 2)
    ink = np.asarray(image.resize((280, 280)), float) / 255
    page[top : top + 280, left : left + 280] = 0.4 + 0.6 * ink
    rows, columns = np.indices(page.shape) / 640
    light = 0.85 - 0.3 * (rng.uniform(-1, 1) * columns + rng.uniform(0, 1) * rows)
    seen = light * page + rng.normal(0, 0.02, page.shape)
    return Image.fromarray((255 * np.clip(seen, 0, 1)).astype(np.uint8))


def likeness(first, second):
    """Return how alike two images are, at best a pixel to the side: a correlation."""
    shifted = [np.roll(second, (i, k), (0, 1)).ravel() for i in (-1, 0, 1) for k in (-1, 0, 1)]
    return np.corrcoef([first.ravel(), *shifted])[0, 1:].max()


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """Return the ten digits as they are prepared when stored plainly."""
    folder = tmp_path_factory.mktemp("plain")
    return [prepared(drawing.digit(which), folder) for which in range(10)]


@pytest.mark.parametrize("which", range(10))
def test_how_a_digit_is_stored_does_not_matter(which, digits, tmp_path):
    plain = drawing.digit(which)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    variants = {
        "inverted.png": Image.eval(plain, lambda value: 255 - value),
        "colour.png": plain.convert("RGB"),
        "bits.png": plain.convert("1"),
        "palette.png": plain.convert("P"),
        "deep.png": Image.fromarray(np.asarray(plain).astype(np.uint16) * 200),
        "black_on_nothing.png": with_alpha(plain, 0),
        "white_on_nothing.png": with_alpha(plain, 255),
        "large.png": plain.resize((900, 900)),
        "small.png": plain.resize((90, 90)),
        "photographed.png": photograph(plain),
        "lossy.jpg": plain.convert("RGB"),
        "turned.png": plain.rotate(90),
    }
    for name, variant in variants.items():
        options = {"exif": exif} if name == "turned.png" else {}
        variant.save(tmp_path / name, **options)
        seen = images.digit(images.read_grey(tmp_path / name)).astype(int)
        alike = [likeness(other, seen) for other in digits]
        assert np.argmax(alike) == which, name
        assert alike[which] > 0.9, name


@settings(max_examples=40)
@given(
    which=st.integers(0, 9),
    side=st.integers(60, 900),
    width=st.floats(0.01, 0.12),
    scale=st.floats(0.3, 1.0),
    light_on_dark=st.booleans(),
)
def test_a_digit_fills_its_square_and_lies_in_the_middle(
    tmp_path_factory, which, side, width, scale, light_on_dark
):
    width = max(1, round(width * side))
    how = {"side": side, "width": width, "scale": scale, "light_on_dark": light_on_dark}
    seen = prepared(drawing.digit(which, **how), tmp_path_factory.getbasetemp())
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
    assert seen.max() == 255
    centre = [(seen.sum(axis=axis) @ np.arange(28)) / seen.sum() for axis in (1, 0)]
    assert np.abs(np.array(centre) - 13.5).max() < 1.01
    assert 0.05 < seen.mean() / 255 < 0.4  # MNIST: 0.13; neither vanished nor filled


def test_digits_of_mnist_are_read_as_well_when_photographed(real_networks, tmp_path):
    path = real_networks / "models" / "07_mnist_fashion_multiclass" / "mnist.keras"
    trained = Trained.read(path)
    _, (digits, labels) = data.load("mnist", "real", DATA_DIR).arrays
    digits, labels = digits[:60], labels[:60]

    def right(made):
        found = trained.class_probabilities(np.array(made).astype(np.float32) / 255)
        return int((found.argmax(axis=1) == labels).sum())

    photographed = [
        prepared(photograph(Image.fromarray(255 - digit), seed), tmp_path)
        for seed, digit in enumerate(digits)
    ]
    assert right(photographed) >= right(digits) - 2


def test_clothes_are_cut_out_and_keep_their_shades(tmp_path):
    coat = np.full((300, 240), 250, np.uint8)
    coat[40:280, 60:180] = 90
    coat[60:280, 110:130] = 30  # a zip
    for shade in (coat, 255 - coat):
        seen = prepared(Image.fromarray(shade), tmp_path, prepare=images.clothing)
        assert seen[:, 7:21].all()
        assert not seen[:, :6].any()
        assert not seen[:, 22:].any()
        assert seen[10, 13:15].max() > seen[10, 9] + 20
