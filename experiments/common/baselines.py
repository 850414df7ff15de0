"""Score simple predictors, by scikit-learn: what a network must beat to be worth its while."""

import warnings
from collections.abc import Sequence

import numpy as np


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
    """Predict by ridge regression, its penalty chosen by cross-validation on the training rows.

    Args:
        x_train: features, float (rows, features).
        y_train: targets, float (rows,).
        x_test: as `x_train`.

    Returns:
        Predictions for the test rows, float (rows,).
    """
    from sklearn.linear_model import RidgeCV

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
