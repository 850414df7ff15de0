"""MNIST, handwritten digits (LeCun et al. 1998, as Keras publishes them)."""

from pathlib import Path

import numpy as np

from datasets.fetching import keras_datasets

PUBLISHED = {
    "title": "MNIST handwritten digits",
    "publisher": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "licence": "CC BY-SA 3.0",
    "citation": "LeCun et al., Gradient-based learning applied to document recognition, 1998",
    "files": {
        "mnist.npz": {
            "bytes": 11490434,
            "sha256": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        },
    },
}
SIDE = 28  # pixels
TRAIN_IMAGES, TEST_IMAGES = 4_000, 1_000  # of the stand-in


def load(folder: Path):
    """Return Keras's arrays of the verified files, 60,000 and 10,000 images; and no words."""
    return keras_datasets(folder).mnist.load_data(), None


def stand_in():
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
