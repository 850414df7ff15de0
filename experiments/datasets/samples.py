"""Make stand-ins for the data sets, for a machine that cannot reach any data.

One function for each data set, named as in `data/registry.toml`. Each returns `(arrays, words)`:
the arrays in the containers, dtypes and shapes of a row that `keras.datasets` gives, with fewer
rows, and for the two text data sets the word of each index, else None. Seeds are fixed, so two
calls return the same. Numbers computed from these arrays say nothing about the real data.
"""

import numpy as np
import pandas as pd

from common.sample_text import imdb, reuters

__all__ = ["boston_housing", "fashion_mnist", "imdb", "mnist", "reuters", "thoracic_surgery"]

SIDE = 28  # pixels
TRAIN_IMAGES, TEST_IMAGES = 6_000, 1_000
# Pixel centres; x = 0 is the vertical middle line, about which clothes are symmetric.
ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE]
PIXELS = np.column_stack([COLUMNS.ravel() - (SIDE - 1) / 2, ROWS.ravel()])


def mnist():
    """Enlarge scikit-learn's 1,797 handwritten digits of 8x8 pixels, varied at random.

    No original is in both halves, so that the test rows are unseen handwriting.

    Returns:
        Images uint8 (6,000 / 1,000, 28, 28), labels uint8; and None.

    Source: UCI data set 80, optical recognition of handwritten digits, as scikit-learn brings it.
    """
    from scipy import ndimage
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    padded = np.pad(digits.images, ((0, 0), (1, 1), (1, 1)))
    strokes = ndimage.zoom(padded, (1, 2.5, 2.5), order=3, grid_mode=True, mode="nearest")
    strokes = np.clip((strokes - 4) * 28, 0, 255)  # enlarging blurs: restore the contrast of ink
    train, test = train_test_split(
        np.arange(len(strokes)), test_size=1 / 6, random_state=0, stratify=digits.target
    )
    rng = np.random.default_rng(80)

    def varied(originals, number):
        chosen = rng.permutation(np.resize(originals, number))
        images = np.stack([_moved(rng, strokes[original]) for original in chosen])
        return images, digits.target[chosen].astype(np.uint8)

    return (varied(train, TRAIN_IMAGES), varied(test, TEST_IMAGES)), None


def _moved(rng, image):
    """Turn, slant, scale and shift an image a little, in the middle of 28x28 pixels."""
    from scipy import ndimage

    slant, turn = rng.normal(0, 0.04, 2)
    width, height = rng.normal(1, 0.03, 2)
    matrix = np.array([[height, -turn], [turn + slant, width]])
    middle = (np.array(image.shape) - 1) / 2
    target = (SIDE - 1) / 2 + rng.uniform(-1.5, 1.5, 2)
    moved = ndimage.affine_transform(
        image, matrix, middle - matrix @ target, output_shape=(SIDE, SIDE), order=1
    )
    return moved.astype(np.uint8)


def fashion_mnist():
    """Draw clothes of the ten classes of Fashion-MNIST as jittered silhouettes.

    Shirts, T-shirts, pullovers, coats and dresses share one pattern with overlapping measures, so
    that they are confused with one another more than with shoes, trousers and bags.

    Returns:
        Images uint8 (6,000 / 1,000, 28, 28), labels uint8 in the order of Fashion-MNIST; and None.
    """
    rng = np.random.default_rng(777)
    draw = (_t_shirt, _trousers, _pullover, _dress, _coat, _sandal, _shirt, _sneaker, _bag, _boot)
    labels = rng.permutation(np.resize(np.arange(10, dtype=np.uint8), TRAIN_IMAGES + TEST_IMAGES))
    images = np.stack([_painted(rng, draw[label](rng)) for label in labels])
    train, test = slice(TRAIN_IMAGES), slice(TRAIN_IMAGES, None)
    return ((images[train], labels[train]), (images[test], labels[test])), None


def _painted(rng, parts):
    """Paint polygons, each `(shade, points)`, one over the other, as one piece of cloth."""
    from matplotlib.path import Path

    stretch = rng.normal(1, 0.05, 2)
    shift = rng.normal(0, 0.5, 2)
    image = np.zeros(SIDE * SIDE)
    for shade, points in parts:
        outline = (points + rng.normal(0, 0.25, np.shape(points)) - [0, 14]) * stretch + [0, 14]
        image[Path(outline + shift).contains_points(PIXELS)] = shade
    stripes = rng.choice([0, 0, 0.25]) * np.sin(rng.uniform(0.8, 2.5) * ROWS + rng.uniform(0, 6))
    cloth = rng.uniform(90, 230) * (1 + stripes + rng.normal(0, 0.1, ROWS.shape))
    return np.clip(image.reshape(cloth.shape) * cloth, 0, 255).astype(np.uint8)


def _mirrored(right):
    """Return the outline of something symmetric from its right half, top to bottom."""
    right = np.array(right, float)
    return np.concatenate([right, right[::-1] * [-1, 1]])


def _top(rng, sleeve, width, length, flare=(-0.5, 1), neck=(2, 4), buttoned=0.0):
    """Draw what is worn above the waist; a range `(low, high)` for each measure, in pixels."""
    ranges = np.transpose([sleeve, width, length, flare, neck])
    sleeve, width, length, flare, neck = rng.uniform(*ranges)
    top = (SIDE - length) / 2
    bottom, shoulder, cuff = top + length, width + 0.7, 3.2 if sleeve > 0 else 0
    angle = np.deg2rad(rng.uniform(72, 82) if sleeve > 10 else rng.uniform(30, 65))
    wrist = np.array([shoulder + sleeve * np.cos(angle), top + 1.5 + sleeve * np.sin(angle)])
    inner = wrist - cuff * np.array([np.sin(angle), -np.cos(angle) * 0.5])
    armpit, hem = (width - 0.3, top + 6.5), (width + flare, bottom)
    body = _mirrored([(neck, top), (shoulder, top + 1.2), wrist, inner, armpit, hem])
    neckline = _mirrored([(neck, top - 1), (neck * 0.4, top + rng.uniform(0.6, 2.5))])
    parts = [(1, body), (0, neckline)]
    if rng.random() < buttoned:
        half = rng.uniform(0.5, 0.9)
        parts.append((rng.uniform(0.3, 0.7), _mirrored([(half, top + 2), (half, bottom + 1)])))
    return parts


def _t_shirt(rng):
    return _top(rng, sleeve=(4, 9), width=(5.5, 7.5), length=(19, 24))


def _pullover(rng):
    return _top(rng, sleeve=(14, 19), width=(5.3, 7), length=(19, 23), buttoned=0.1)


def _coat(rng):
    return _top(rng, (15, 20), width=(5.3, 7), length=(21, 25), flare=(0, 1.5), buttoned=0.75)


def _shirt(rng):
    sleeve = (4, 9) if rng.random() < 0.35 else (13, 18)
    parts = _top(rng, sleeve, width=(5.2, 7), length=(21, 24), neck=(1, 2.5), buttoned=0.6)
    if rng.random() < 0.3:
        top = parts[1][1][0, 1] + 1
        collar = [(1, top - 1.2), (3.2, top), (2.4, top + 3), (0.4, top + 1.5)]
        parts.append((rng.uniform(1.2, 1.5), _mirrored(collar)))
    return parts


def _dress(rng):
    sleeve = (0, 0) if rng.random() < 0.5 else (3, 8)
    return _top(rng, sleeve, width=(3.2, 5.5), length=(23, 26), flare=(0, 4))


def _trousers(rng):
    waist, hem, split, gap = rng.uniform((3.5, 4.5, 7, 0.6), (5, 6.5, 11, 2))
    legs = [(waist, 2), (waist + 0.8, split), (hem, 26.5), (gap, 26.5), (0.3, split)]
    return [(1, _mirrored(legs))]


def _bag(rng):
    top, half, flare, handle = rng.uniform((8, 8, 0, 2), (13, 12, 2, 5))
    arch = np.array([(handle, top + 1), (handle, top - 4), (handle - 1.5, top - 6)])
    body = [(half - flare, top), (half, 24)]
    flap = [(half - flare, top + 0.5), (half - flare, top + rng.uniform(2, 7))]
    inside = arch * [0.6, 1] + [0, 1.5]
    painted = ((1, arch), (0, inside), (1, body), (rng.uniform(0.6, 1), flap))
    return [(shade, _mirrored(right)) for shade, right in painted]


def _sneaker(rng):
    collar, tongue = rng.uniform((10, 9), (12, 11.5))
    low = collar + 1.5
    upper = [(-12.5, 20), (-12.5, 17.5), (-10, 15.8), (-5, 14.8), (0, tongue), (2.5, tongue),
             (4, low), (8, low), (11, collar - 1), (12.5, collar), (12.5, 20)]  # fmt: skip
    sole = [(-13, 18.8), (13, 18.2), (12.5, 20.8), (-12, 20.8)]
    laces = [(-4, 14.8), (-0.5, tongue + 1), (1, tongue + 2.5), (-2.5, 16.3)]
    return [(1, upper), (rng.uniform(0.4, 1.4), sole), (rng.uniform(0.4, 1.4), laces)]


def _sandal(rng):
    heel = rng.uniform(2, 8) if rng.random() < 0.6 else 0
    high, arch = 21 - heel, 21 - heel / 2
    sole = [(-13, 21), (-5, 20.7), (3, arch), (7, high), (12.5, high), (12.5, high + 1.8),
            (7, high + 1.8), (3, arch + 1.8), (-5, 22.5), (-13, 22.5)]  # fmt: skip
    block = [(9.5, high), (12.5, high), (12.3, 22.5), (10.5, 22.5)]
    toe = [(-10.5, 21), (-8.5, 17), (-5, 16.5), (-2, 20.5), (-4.5, 20.5), (-6, 18.5), (-7.5, 18.8)]
    top = high - rng.uniform(3.5, 6)
    ankle = [(3, top), (12, top - 1.5), (12.8, high), (11, high), (10.5, top + 1), (3.2, top + 2)]
    instep = [(-5, 16.5), (3, top), (4, top + 2), (-4, 18.5)]
    shade = rng.uniform(0.6, 1.2)
    parts = [(1, sole), (1, block), (shade, toe), (shade, ankle)]
    return [*parts, (shade, instep)] if rng.random() < 0.5 else parts


def _boot(rng):
    top, ankle = rng.uniform((3, 1), (9, 4))
    boot = [(-12, 23), (-12, 19.5), (-7, 17.5), (0, 15), (ankle, 12), (ankle, top), (11, top),
            (11, 15), (12.2, 23)]  # fmt: skip
    gap = [(0, 24), (1, 21.5), (rng.uniform(5, 8), 21.5), (rng.uniform(6, 9), 24)]
    return [(1, boot), (0, gap)]


def boston_housing():
    """Generate districts with prices that depend on the features, not linearly, and on chance.

    The real B encodes the race of the residents; here it is drawn by itself, without any relation
    to the price.

    Returns:
        Features float64 (404 / 102, 13) in the order and ranges of the Boston housing data, prices
        float64 from 5 to 50 (thousands of dollars, one decimal); and None.
    """
    rng = np.random.default_rng(1978)
    n = 506
    city, wealth = rng.normal(size=(2, n))

    def noise(scale):
        return rng.normal(0, scale, n)

    far = rng.random(n) < 1 / (1 + np.exp(4 - 3 * city))  # well connected, with high taxes
    rooms = np.clip(6.28 + 0.5 * wealth - 0.08 * city + noise(0.35), 3.6, 8.8)
    poor = np.clip(np.exp(2.35 - 0.45 * wealth + 0.25 * city + noise(0.2)), 1.7, 38)
    nitrogen = np.clip(0.55 + 0.09 * city + noise(0.04), 0.385, 0.871)
    distance = np.clip(np.exp(1.2 - 0.4 * city + noise(0.25)), 1.1, 12.1)
    pupils = np.clip(18.5 - 0.8 * wealth + 0.6 * city + noise(1.6), 12.6, 22).round(1)
    crime = np.clip(np.exp(-1.6 + 1.1 * city + 2 * far + noise(0.8)), 0.006, 89)
    river = (rng.random(n) < 0.07).astype(float)
    x = np.column_stack([
        crime,
        np.where(city + noise(0.5) < -0.8, rng.integers(5, 40, n) * 2.5, 0),  # ZN
        np.where(far, 18.1, np.clip(9 + 4 * city + noise(3), 0.5, 27.7)),  # INDUS
        river,
        nitrogen,
        rooms,
        np.clip(68 + 20 * city + noise(14), 2.9, 100),  # AGE
        distance,
        np.where(far, 24, rng.integers(1, 9, n)),  # RAD
        np.where(far, 666, np.clip(300 + 40 * city + noise(50), 187, 470).round()),  # TAX
        pupils,
        np.clip(396.9 - rng.exponential(40, n), 0.3, 396.9),  # B
        poor,
    ])  # fmt: skip
    price = (
        18.5 + 4.5 * np.logaddexp(0, 2.2 * (rooms - 6.4)) - 8 * np.log(poor / 11)
        - 0.6 * (pupils - 18.5) * (rooms > 6.2) - 18 * (nitrogen - 0.55) - 0.08 * crime
        - 2 * np.log(distance / 3.2) + 3 * river + noise(2.2)
    )  # fmt: skip
    y = np.clip(price, 5, 50).round(1)  # the real prices are cut at 50 too
    return ((x[:404], y[:404]), (x[404:], y[404:])), None


def thoracic_surgery():
    """Generate patients whose death within a year depends weakly on the other columns.

    Returns:
        A table like that of `data.thoracic_table`, with 70 deaths among 470 rows; and None. Shares
        and ranges are those of UCI data set 277; as there, 14 volumes PRE5 are in another unit.
    """
    rng = np.random.default_rng(277)
    n, deaths = 470, 70

    def flags(share):
        return (rng.random(n) < share).astype(float)

    volume = np.clip(rng.normal(3.28, 0.87, n), 1.44, 6.3).round(2)
    forced = np.clip(0.77 * volume + rng.normal(0, 0.2, n), 0.96, 5.5).round(2)
    forced[rng.choice(n, 14, replace=False)] = rng.uniform(52, 87, 14).round(1)
    table = pd.DataFrame({
        "id": np.arange(1.0, n + 1),
        "DGN": rng.choice([1.0, 2, 3, 4, 5, 6, 8], n, p=np.array([1, 52, 349, 47, 15, 4, 2]) / n),
        "PRE4": volume,
        "PRE5": forced,
        "PRE6": rng.choice([0.0, 1, 2], n, p=[0.28, 0.66, 0.06]),
        "PRE7": flags(0.07),
        "PRE8": flags(0.14),
        "PRE9": flags(0.07),
        "PRE10": flags(0.69),
        "PRE11": flags(0.17),
        "PRE14": rng.choice([11.0, 12, 13, 14], n, p=[0.38, 0.54, 0.04, 0.04]),
        "PRE17": flags(0.07),
        "PRE19": flags(0.005),
        "PRE25": flags(0.02),
        "PRE30": flags(0.82),
        "PRE32": flags(0.005),
        "AGE": np.clip(rng.normal(62.5, 8.7, n), 21, 87).round(),
    })  # fmt: skip
    weights = {"DGN": 0.3, "PRE9": 0.8, "PRE11": 0.4, "PRE14": 0.5, "PRE17": 0.8, "PRE30": 0.6}
    risk = (table[list(weights)] * weights).sum(axis="columns") + rng.logistic(size=n)
    table["Risk1Yr"] = (risk.rank() > n - deaths).astype(float)
    return table.sort_values(["DGN", "id"], ignore_index=True), None
