"""Fashion-MNIST, clothes of ten kinds (Xiao, Rasul and Vollgraf 2017)."""

from pathlib import Path

import numpy as np

from datasets.fetching import keras_datasets

PUBLISHED = {
    "title": "Fashion-MNIST clothes",
    "publisher": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "licence": "MIT",
    "citation": "Xiao, Rasul and Vollgraf, Fashion-MNIST, arXiv:1708.07747, 2017",
    "files": {
        "fashion-mnist/train-images-idx3-ubyte.gz": {
            "bytes": 26421880,
            "sha256": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        },
        "fashion-mnist/train-labels-idx1-ubyte.gz": {
            "bytes": 29515,
            "sha256": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        },
        "fashion-mnist/t10k-images-idx3-ubyte.gz": {
            "bytes": 4422102,
            "sha256": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        },
        "fashion-mnist/t10k-labels-idx1-ubyte.gz": {
            "bytes": 5148,
            "sha256": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
    },
}
SIDE = 28  # pixels
TRAIN_IMAGES, TEST_IMAGES = 6_000, 1_000  # of the stand-in
# Pixel centres; x = 0 is the vertical middle line, about which clothes are symmetric.
ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE]
PIXELS = np.column_stack([COLUMNS.ravel() - (SIDE - 1) / 2, ROWS.ravel()])


def load(folder: Path):
    """Return Keras's arrays of the verified files, 60,000 and 10,000 images; and no words."""
    return keras_datasets(folder).fashion_mnist.load_data(), None


def stand_in():
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
    upper = [
        (-12.5, 20),
        (-12.5, 17.5),
        (-10, 15.8),
        (-5, 14.8),
        (0, tongue),
        (2.5, tongue),
        (4, low),
        (8, low),
        (11, collar - 1),
        (12.5, collar),
        (12.5, 20),
    ]
    sole = [(-13, 18.8), (13, 18.2), (12.5, 20.8), (-12, 20.8)]
    laces = [(-4, 14.8), (-0.5, tongue + 1), (1, tongue + 2.5), (-2.5, 16.3)]
    return [(1, upper), (rng.uniform(0.4, 1.4), sole), (rng.uniform(0.4, 1.4), laces)]


def _sandal(rng):
    heel = rng.uniform(2, 8) if rng.random() < 0.6 else 0
    high, arch = 21 - heel, 21 - heel / 2
    sole = [
        (-13, 21),
        (-5, 20.7),
        (3, arch),
        (7, high),
        (12.5, high),
        (12.5, high + 1.8),
        (7, high + 1.8),
        (3, arch + 1.8),
        (-5, 22.5),
        (-13, 22.5),
    ]
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
    boot = [
        (-12, 23),
        (-12, 19.5),
        (-7, 17.5),
        (0, 15),
        (ankle, 12),
        (ankle, top),
        (11, top),
        (11, 15),
        (12.2, 23),
    ]
    gap = [(0, 24), (1, 21.5), (rng.uniform(5, 8), 21.5), (rng.uniform(6, 9), 24)]
    return [(1, boot), (0, gap)]
