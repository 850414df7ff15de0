"""Simple predictors: their scores on data whose answer is known."""

import numpy as np

from common import baselines


def test_the_majority_is_that_of_the_training_rows():
    scores = baselines.majority_class(np.array([2, 2, 1]), np.array([1, 1, 1, 2]))
    assert scores == {"accuracy": 0.25}


def test_logistic_regression_separates_what_a_line_separates():
    x = np.random.default_rng(0).normal(size=(300, 4))
    y = (x @ [1, -2, 0.5, 0] > 0).astype(int)
    scores = baselines.logistic_regression(x[:200], y[:200], x[200:], y[200:])
    assert scores["accuracy"] > 0.95


def test_ridge_recovers_a_linear_price_and_the_mean_does_not():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    price = x @ [3.0, -1.0, 2.0] + 20 + rng.normal(0, 0.1, 200)
    predicted = baselines.ridge(x[:150], price[:150], x[150:])
    assert baselines.regression_scores(predicted, price[150:])["mae"] < 0.2
    assert baselines.regression_scores(price[:150].mean(), price[150:])["mae"] > 1
    scores = baselines.regression_scores(np.array([1.0, 5.0]), np.array([2.0, 2.0]))
    assert scores == {"loss": 5.0, "mae": 2.0}


def test_the_support_vector_machine_reads_words():
    texts = [[5, 6, 7], [5, 7, 7], [8, 9], [9, 9, 8]] * 5
    topics = np.array([0, 0, 3, 3] * 5)
    scores = baselines.tf_idf_svm(texts, topics, [[6, 7], [9, 8, 4]], np.array([0, 3]))
    assert scores == {"accuracy": 1.0}
