"""Boston housing, districts of the 1970s and their prices (Harrison and Rubinfeld 1978)."""

from pathlib import Path

import numpy as np

from datasets.fetching import keras_datasets

PUBLISHED = {
    "title": "Boston housing prices",
    "publisher": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "licence": "Public; the column B encodes race, see README.md",
    "citation": "Harrison and Rubinfeld, Hedonic prices and the demand for clean air, 1978",
    "files": {
        "boston_housing.npz": {
            "bytes": 57026,
            "sha256": "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
        },
    },
}


def load(folder: Path):
    """Return Keras's arrays of the verified files, 404 and 102 districts; and no words."""
    return keras_datasets(folder).boston_housing.load_data(), None


def stand_in():
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
    x = np.column_stack(
        [
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
        ]
    )
    price = (
        18.5
        + 4.5 * np.logaddexp(0, 2.2 * (rooms - 6.4))
        - 8 * np.log(poor / 11)
        - 0.6 * (pupils - 18.5) * (rooms > 6.2)
        - 18 * (nitrogen - 0.55)
        - 0.08 * crime
        - 2 * np.log(distance / 3.2)
        + 3 * river
        + noise(2.2)
    )
    y = np.clip(price, 5, 50).round(1)  # the real prices are cut at 50 too
    return ((x[:404], y[:404]), (x[404:], y[404:])), None
