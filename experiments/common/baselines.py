"""Score simple predictors, by scikit-learn: what a network must beat to be worth its while."""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from common import encoding
from results.training_result import TrainingResult


def majority_class(y_train: np.ndarray, y_test: np.ndarray) -> dict[str, float]:
    """Score the prediction of the most frequent training class for every test row.

    Args:
        y_train: classes, int (rows,).
        y_test: classes, int (rows,).
    """
    return {"accuracy": float((y_test == np.bincount(y_train).argmax()).mean())}


def logistic_regression(x_train, y_train: np.ndarray, x_test, y_test: np.ndarray, **options):
    """Score logistic regression, a network without hidden layers.

    Args:
        x_train: features, float (rows, features) or a SciPy sparse matrix.
        y_train: classes, int (rows,).
        x_test: as `x_train`.
        y_test: as `y_train`.
        options: as for `sklearn.linear_model.LogisticRegression`; `max_iter` may stop it before it
            has converged, which costs these data sets less than half a point.

    Returns:
        Its test accuracy.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(random_state=0, **options).fit(x_train, y_train)
    return {"accuracy": float(model.score(x_test, y_test))}


def ridge(x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    """Predict by ridge regression on standardised features, its penalty by cross-validation.

    Args:
        x_train: features as they are, float (rows, features).
        y_train: targets, float (rows,).
        x_test: as `x_train`.

    Returns:
        Predictions for the test rows, float (rows,).
    """
    from sklearn.linear_model import RidgeCV

    # By columns: another order of adding up would change the last digits of published errors.
    x_train, x_test = encoding.standardise(*map(np.asfortranarray, (x_train, x_test)))
    return RidgeCV(alphas=np.logspace(-2, 3, 26)).fit(x_train, y_train).predict(x_test)


def regression_scores(predicted: np.ndarray, targets: np.ndarray) -> dict[str, float]:
    """Score predictions, float (rows,) or a number for all rows, by their errors."""
    error = predicted - targets
    return {"loss": float(np.mean(error**2)), "mae": float(np.abs(error).mean())}


def tf_idf_svm(
    train: Sequence[Sequence[int]], y_train: np.ndarray, test: Sequence, y_test: np.ndarray
) -> dict[str, float]:
    """Score a linear support vector machine on TF-IDF weights of the words.

    Args:
        train: word numbers of each training text.
        y_train: classes, int (texts,).
        test: word numbers of each test text.
        y_test: classes, int (texts,).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    weights = TfidfVectorizer(analyzer=list, sublinear_tf=True)
    model = make_pipeline(weights, LinearSVC(random_state=0)).fit(train, y_train)
    return {"accuracy": float(model.score(test, y_test))}


def of_classes(x_train, y_train, x_test, y_test, **options) -> dict[str, dict[str, float]]:
    """Score the most frequent class and logistic regression; as for `logistic_regression`."""
    return {
        "majority class": majority_class(y_train, y_test),
        "logistic regression": logistic_regression(x_train, y_train, x_test, y_test, **options),
    }


def of_pixels(
    images: np.ndarray, y_train: np.ndarray, test_images: np.ndarray, y_test: np.ndarray
) -> dict[str, dict[str, float]]:
    """Score the same two on the pixels of images, uint8 (images, height, width)."""
    x_train, x_test = (
        encoding.Pixels(part.reshape(len(part), -1)).unpack() for part in (images, test_images)
    )
    return of_classes(x_train, y_train, x_test, y_test, solver="saga", max_iter=5)


def out_of_fold(
    results: Mapping[tuple[str, int], Sequence[TrainingResult]],
    folds: Mapping[int, Sequence[tuple[np.ndarray, np.ndarray]]],
    x: np.ndarray,
    y: np.ndarray,
) -> dict[str, np.ndarray]:
    """Put together what models give for rows on which they were not trained, as arrays to save.

    Args:
        results: of each fold, by model and seed, as `Experiment.cross_validate` gives them.
        folds: for each seed the rows to train on and to test on of each fold.
        x: features as they are, float (rows, features), for logistic regression.
        y: classes, 0 or 1, (rows,).

    Returns:
        `cv_folds`, the fold of each row, uint8 (seeds, rows); for each model and for
        `logistic_regression` probabilities of class 1, `NAME.out_of_fold`, float32 (seeds, rows).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if not folds:
        return {}
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    shape = len(folds), len(y)
    names = ["logistic_regression", *dict.fromkeys(name for name, _ in results)]
    arrays = {"cv_folds": np.zeros(shape, np.uint8)}
    arrays |= {f"{name}.out_of_fold": np.zeros(shape, np.float32) for name in names}
    for repetition, (seed, of_seed) in enumerate(folds.items()):
        for fold, (fit_on, test_on) in enumerate(of_seed):
            arrays["cv_folds"][repetition, test_on] = fold
            guesses = linear.fit(x[fit_on], y[fit_on]).predict_proba(x[test_on])
            arrays["logistic_regression.out_of_fold"][repetition, test_on] = guesses[:, 1]
            for name in names[1:]:
                outputs = results[name, seed][fold].outputs[:, 0]
                arrays[f"{name}.out_of_fold"][repetition, test_on] = outputs
    return arrays
