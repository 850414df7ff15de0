"""Answer to pictures: a picture of one's own becomes 28x28 pixels as those of the data sets did."""

import logging
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from base.errors import UsageError
from prediction.answers import Answer, Trained, classified

SIDE = 28
DIGIT_SIDE = 20  # of the square that a digit of MNIST fills
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
MOST_PIXELS = 50_000_000  # more than the camera of a phone gives at its usual setting
WORKING_SIDE = 400  # pixels of the longer side while it is prepared
WIDEST_STROKE = 0.4  # of that side; what is wider is taken for paper
EVEN = 0.05  # brightness by which the border of even paper may vary
LEAST_CONTRAST = 0.08  # between ink and paper, from 0 to 1
FAINT, CLEAR = 0.25, 0.5  # of the full contrast: faint ink counts where it touches clear ink
DUST = 0.05  # of the largest stroke's area; smaller spots are left out
THIN, USUAL = 1 / 12, 1 / 9  # of a digit's longer side: thinner strokes vanish in 20 pixels
INK = 60  # of 255; what is paler does not connect two parts
APART = 0.4  # of the largest part's area: the bar of a 5 may lie apart and is smaller
MOST_INK = 0.3  # share of 28x28 pixels; digits of MNIST have 0.02 to 0.32, 0.13 on average
PATCH = 5  # side of the square that is hidden
NOTHING = 0.001  # a change of a probability that is not worth naming
SHADES = " .:-=+*#%@"


def read_grey(path: Path) -> np.ndarray:
    """Read a picture as brightness from 0 to 1, float32, the longer side scaled to 400 pixels.

    What is transparent shows as paper: white behind dark strokes, black behind light ones.

    Raises:
        UsageError: there is none, it cannot be read, or it is too large.
    """
    logging.getLogger("PIL").setLevel(logging.CRITICAL)  # what is wrong is said in one line
    Image.MAX_IMAGE_PIXELS = None  # judged here, before anything is decoded
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise UsageError(
                    f"{path}: expected at most {MOST_PIXELS // 10**6} million pixels, found"
                    f" {width:,} x {height:,}; make it smaller."
                )
            grey, opacity = _grey_and_opacity(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise UsageError(
            f"{path}: expected a picture ({', '.join(FORMATS)}), found something else;"
            " save it as one of these."
        ) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "damaged"
        raise UsageError(f"{path}: expected a picture, cannot read it ({reason}).") from error
    if opacity.min() < 1:
        inside = grey[opacity > 0.5]
        paper = 0.0 if inside.size and np.median(inside) > 0.5 else 1.0
        grey = grey * opacity + paper * (1 - opacity)
    return grey


def _grey_and_opacity(image: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """Return brightness and opacity from 0 to 1, scaled to the working size."""
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        values = np.nan_to_num(np.asarray(image, np.float64))
        span = float(np.ptp(values)) or 1.0
        image = Image.fromarray(((values - values.min()) / span * 255).astype(np.uint8))
    scale = WORKING_SIDE / max(image.size)
    size = tuple(max(1, round(side * scale)) for side in image.size)
    kind = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    image = image.convert("RGBA").resize(size, kind)
    opacity = np.asarray(image.getchannel("A"), np.float32) / 255
    return np.asarray(image.convert("RGB").convert("L"), np.float32) / 255, opacity


def digit(grey: np.ndarray) -> np.ndarray:
    """Make of a picture of a digit what MNIST would have made of it.

    As there: light on dark, the longer side 20 pixels, the centre of mass in the middle. Strokes
    that would vanish in 20 pixels are thickened, and the unevenness of a photograph is taken off.
    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".

    Args:
        grey: brightness, float (height, width), dark on light or light on dark.

    Returns:
        uint8 (28, 28).

    Raises:
        UsageError: nothing stands out.
    """
    smooth = ndimage.gaussian_filter(grey, 1)
    paper, border = _paper(smooth)
    ink = smooth - paper
    uneven = np.quantile(np.abs(ink[border]), 0.9) > EVEN
    ink = ink if (ink**3).sum() > 0 else -ink  # light, or dark
    if uneven:
        ink = ink - ndimage.grey_opening(ink, round(WIDEST_STROKE * max(grey.shape)) | 1)
    mask = _figure(ink, ink[border])
    ink = np.where(ndimage.binary_dilation(mask, iterations=2), ink / ink.max(), 0)
    ink, mask = _cropped(mask, ink, mask)
    longer = max(ink.shape)
    outline = mask & ~ndimage.binary_erosion(mask)
    thickness = 2 * mask.sum() / outline.sum()  # of a long stroke
    if thickness < THIN * longer:
        ink = _thickened(ink, (USUAL * longer - thickness) / 2)
    small = _resized(ink, DIGIT_SIDE)
    small = np.clip(small / np.quantile(small[small > small.max() / 3], 0.7), 0, 1)
    middle = ndimage.center_of_mass(small)
    return _placed(small, [SIDE / 2 - 0.5 - centre for centre in middle])


def clothing(grey: np.ndarray) -> np.ndarray:
    """Make of a picture of a piece of clothing what Fashion-MNIST would have made of it.

    As there: the paper black, what is dark on light paper light, the longer side 28 pixels.
    Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", arXiv:1708.07747 (2017).

    Args:
        grey: brightness, float (height, width), on even paper, light or dark.

    Returns:
        uint8 (28, 28).

    Raises:
        UsageError: nothing stands out.
    """
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = np.median(border)
    cloth = paper - grey if paper > 0.5 else grey - paper
    mask = ndimage.binary_fill_holes(_figure(np.abs(cloth), np.abs(border - paper), FAINT / 2))
    (cloth,) = _cropped(mask, np.where(mask, np.abs(cloth), 0))
    small = _resized(cloth / max(paper, 1 - paper), SIDE)
    return _placed(small, [(SIDE - side) / 2 for side in small.shape])


def _paper(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the brightness of the paper if it changes evenly from side to side, and the border."""
    rows, columns = np.indices(grey.shape)
    places = np.stack([rows / len(rows), columns / len(rows), np.ones(grey.shape)], axis=-1)
    border = np.ones(grey.shape, bool)
    border[1:-1, 1:-1] = False
    plane, *_ = np.linalg.lstsq(places[border], grey[border], rcond=None)
    return places @ plane, border


def _figure(ink: np.ndarray, paper: np.ndarray, faint: float = FAINT) -> np.ndarray:
    """Return where the ink is, bool (height, width), without dust.

    Args:
        ink: how far each pixel is from the paper.
        paper: the same of pixels that are mostly paper.
        faint: the share of the full contrast that counts beside clear ink.

    Raises:
        UsageError: nothing stands out.
    """
    level = np.median(paper)
    full = np.sort(ink, axis=None)[-max(1, ink.size // 500) :].mean() - level
    if full < max(LEAST_CONTRAST, 6 * np.median(np.abs(paper - level))):
        raise UsageError("expected something that stands out from the paper, found nothing.")
    parts, number = ndimage.label(ink > level + faint * full, np.ones((3, 3)))
    clear = np.unique(parts[ink > level + CLEAR * full])
    areas = np.bincount(parts.ravel(), minlength=number + 1)
    large = [part for part in clear if part and areas[part] >= DUST * areas[clear[clear > 0]].max()]
    return np.isin(parts, large)


def _cropped(mask: np.ndarray, *images: np.ndarray) -> list[np.ndarray]:
    """Cut images to where a mask is."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    inside = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return [image[inside] for image in images]


def _thickened(ink: np.ndarray, radius: float) -> np.ndarray:
    """Make strokes thicker by a radius on either side."""
    reach = max(1, round(radius))
    across = np.arange(-reach, reach + 1)
    disc = across[:, None] ** 2 + across**2 <= (radius + 0.5) ** 2
    return ndimage.grey_dilation(np.pad(ink, reach), footprint=disc)


def _resized(image: np.ndarray, side: int) -> np.ndarray:
    """Scale an image so that its longer side has so many pixels."""
    scale = side / max(image.shape)
    height, width = (max(1, round(length * scale)) for length in image.shape)
    kind = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(image.astype(np.float32)).resize((width, height), kind))


def _placed(small: np.ndarray, corner: list[float]) -> np.ndarray:
    """Put an image on 28x28 black pixels, as near to a corner as it fits, uint8."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (
        int(np.clip(round(start), 0, SIDE - side))
        for start, side in zip(corner, small.shape, strict=True)
    )
    inside = slice(top, top + small.shape[0]), slice(left, left + small.shape[1])
    image[inside] = np.round(np.clip(small, 0, 1) * 255)
    return image


def answer(trained: Trained, path: Path) -> Answer:
    """Classify a picture and say which parts of it decide.

    `because["change_if_hidden"]` has for each pixel by how much the probability of the answer
    changes if the 5x5 pixels around it are made black, float (28, 28).

    Raises:
        UsageError: the picture cannot be read, is too large, or shows nothing.
    """
    prepare = digit if trained.card["takes"] == "digit" else clothing
    grey = read_grey(path)
    try:
        seen = prepare(grey)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    result = classified(trained, _as_inputs(trained, seen[None])[0], str(path))
    result.seen = seen
    result.warnings += _doubts(seen, trained.card["takes"])
    place = trained.card["answers"].index(result.answer)
    changed, hidden = [], []
    for row, column in np.ndindex(SIDE, SIDE):
        around = tuple(slice(max(0, i - PATCH // 2), i + PATCH // 2 + 1) for i in (row, column))
        if seen[around].any():
            image = seen.copy()
            image[around] = 0
            changed.append((row, column))
            hidden.append(image)
    probabilities = trained.class_probabilities(_as_inputs(trained, np.stack(hidden)))[:, place]
    change = np.zeros((SIDE, SIDE))
    change[tuple(np.transpose(changed))] = probabilities - result.probability
    result.because = {"change_if_hidden": change}
    return result


def _doubts(seen: np.ndarray, takes: str) -> list[str]:
    """Return why what the network sees may not be what it knows."""
    parts, number = ndimage.label(seen > INK, np.ones((3, 3)))
    areas = np.sort(np.bincount(parts.ravel(), minlength=number + 1)[1:])
    if number > 1 and areas[-2] > APART * areas[-1]:
        return [f"several large parts: the network knows one {takes} a picture, without a frame."]
    if takes == "digit" and seen.mean() / 255 > MOST_INK:
        return [
            "more ink than a digit has: a thinner pen, or nothing but the digit, is read better."
        ]
    return []


def _as_inputs(trained: Trained, images: np.ndarray) -> np.ndarray:
    """Return images as the network takes them, float32 from 0 to 1."""
    return images.reshape(-1, *trained.network.input_shape).astype(np.float32) / 255


def lines(trained: Trained, answer: Answer) -> list[str]:
    """Show the image as the network sees it beside the parts that count; two rows a line."""
    loss = np.clip(-answer.because["change_if_hidden"], 0, None)
    largest = loss.max()
    seen, parts = _shaded(answer.seen / 255), _shaded(loss / (largest or 1.0))
    if largest < NOTHING:
        found = f"by less than {NOTHING}, wherever they are: no single part decides"
    else:
        row, column = np.unravel_index(loss.argmax(), loss.shape)
        found = f"most, by {largest:.3f}, around row {row + 1}, column {column + 1}"
    return [
        f"{'What the network sees:':<32}What it rests on, the darker the more:",
        *(f"{left}    {right}".rstrip() for left, right in zip(seen, parts, strict=True)),
        f"28x28 pixels, two rows a line. Hiding 5x5 of them lowers the probability {found}.",
    ]


def _shaded(image: np.ndarray) -> list[str]:
    pairs = image.reshape(SIDE // 2, 2, SIDE).mean(axis=1)
    places = np.round(pairs * (len(SHADES) - 1)).astype(int)
    return ["".join(SHADES[place] for place in row) for row in places]


def plot(answer: Answer):
    """Draw the picture, what the network sees of it and what hiding a part changes."""
    from common import plotting

    figure, cells = plotting.new(1, 3, size=(9.2, 3.9))
    given, seen, parts = cells
    change = answer.because["change_if_hidden"]
    given.imshow(read_grey(Path(answer.given)), cmap="gray", vmin=0, vmax=1)
    seen.imshow(answer.seen, cmap="gray")
    limit = np.abs(change).max() or 1.0
    drawn = parts.imshow(change, cmap="RdBu", vmin=-limit, vmax=limit)
    parts.contour(answer.seen, levels=[127], colors="black", linewidths=0.8)
    titles = "the picture", "what the network sees", "change if 5x5 pixels are hidden"
    for axes, title in zip(cells, titles, strict=True):
        axes.set_title(title, fontsize=9)
        axes.axis("off")
    figure.colorbar(drawn, ax=parts, shrink=0.7, label="probability of the answer")
    return figure
