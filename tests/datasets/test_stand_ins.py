"""The stand-ins have the real containers and dtypes, and the tutorials' phenomena can be seen."""

import importlib
import re

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from common import data, encoding
from datasets import mnist

ARRAYS = ("imdb", "reuters", "boston_housing", "mnist", "fashion_mnist")
TEXTS = ("imdb", "reuters")
IMAGES = ("mnist", "fashion_mnist")


def stand_in(name):
    return importlib.import_module(f"datasets.{name}").stand_in()


@pytest.fixture(scope="module")
def sample():
    """Return a function that makes each sample once."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = stand_in(name)
        return made[name]

    return get


@pytest.fixture(autouse=True)
def one_thread():
    """Keep tests that run side by side from contending for the cores."""
    with threadpool_limits(1):
        yield


def halves(arrays):
    (x_train, y_train), (x_test, y_test) = arrays
    return x_train, y_train, x_test, y_test


@pytest.mark.parametrize("name", ARRAYS)
def test_two_calls_are_equal(name, sample):
    first, second = sample(name), stand_in(name)
    assert first[1] == second[1]
    for one, other in zip(halves(first[0]), halves(second[0]), strict=True):
        assert all(map(np.array_equal, one, other))


def test_two_calls_are_equal_for_the_table(sample):
    pd.testing.assert_frame_equal(sample("thoracic_surgery")[0], stand_in("thoracic_surgery")[0])


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.usefixtures("real_data_dir")
def test_containers_and_dtypes_are_those_of_keras(name, sample):
    import keras

    arguments = {"num_words": encoding.VOCABULARY} if name in TEXTS else {}
    real = getattr(keras.datasets, name).load_data(**arguments)
    for ours, theirs in zip(halves(sample(name)[0]), halves(real), strict=True):
        assert type(ours) is type(theirs)
        assert ours.dtype == theirs.dtype
        assert ours.shape[1:] == theirs.shape[1:]
        if name in TEXTS and ours.dtype == object:  # Keras's lists take 18 times the memory
            assert ours[0].dtype == np.uint16
        else:
            assert type(ours[0]) is type(theirs[0])
    for ours, theirs in zip(sample(name)[0], real, strict=True):
        assert len(ours[0]) == len(ours[1]) <= len(theirs[0])
        assert set(np.unique(ours[1])) <= set(np.unique(theirs[1])) or name == "boston_housing"


def test_the_table_has_the_form_of_the_real_one(sample, real_data_dir):
    real = data.load("thoracic_surgery", "real", real_data_dir).arrays
    ours, words = sample("thoracic_surgery")
    assert words is None
    assert ours.shape == (400, real.shape[1])
    pd.testing.assert_series_equal(ours.dtypes, real.dtypes)
    assert ours.equals(ours.sort_values(["DGN", "id"], ignore_index=True))
    for table in (ours, real):
        assert sorted(table["id"]) == [*range(1, len(table) + 1)]
        assert table.index.equals(pd.RangeIndex(len(table)))
    for column in real.columns:
        assert set(ours[column]) <= set(real[column]) or real[column].nunique() > 10


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_coded_as_keras_does(name, sample):
    arrays, words = sample(name)
    assert list(words) == list(range(4, encoding.VOCABULARY))
    assert len(set(words.values())) == len(words)
    for x, _ in arrays:
        for text in x:
            assert text.dtype == np.uint16
            assert text[0] == 1
            assert 1 not in text[1:]
            assert min(text) >= 1
            assert max(text) < encoding.VOCABULARY
        assert 0.03 < np.mean([index == 2 for text in x for index in text]) < 0.07


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_sentences_of_words(name, sample):
    arrays, words = sample(name)
    made_up = [word for word in words.values() if not re.fullmatch(r"[a-z'-]+|m[12]|\d+", word)]
    assert not made_up
    decoded = [encoding.decode(text, words) for x, _ in arrays for text in x]
    assert len(set(decoded)) == len(decoded)
    no_bag = re.compile(r"\b(the (the|of|and)|of (of|and)|and (and|of))\b")
    assert not any(map(no_bag.search, decoded))


@pytest.mark.parametrize("name", IMAGES)
def test_images_have_all_classes_and_a_margin(name, sample):
    for x, y in sample(name)[0]:
        assert x.shape[1:] == (28, 28)
        assert (x.dtype, y.dtype) == (np.uint8, np.uint8)
        assert np.bincount(y).min() > 0.08 * len(y)
        assert x.max() == 255
        if name == "mnist":
            frame = np.ones((28, 28), bool)
            frame[2:-2, 2:-2] = False
            assert x[:, frame].mean() < 1


def test_mnist_halves_share_no_original(monkeypatch):
    monkeypatch.setattr(mnist, "_moved", lambda rng, image: image)
    x_train, _, x_test, _ = halves(mnist.stand_in()[0])
    train, test = ({image.tobytes() for image in x} for x in (x_train, x_test))
    assert len(train) + len(test) == 1_797
    assert not train & test


def test_digits_are_learnt_and_clothes_are_harder(sample):
    accuracy = {}
    for name in IMAGES:
        x_train, y_train, x_test, y_test = halves(sample(name)[0])
        x_train, x_test = (x.reshape(len(x), -1) / 255 for x in (x_train, x_test))
        network = MLPClassifier((64, 32), batch_size=128, max_iter=10, random_state=0)
        with pytest.warns(match="Maximum iterations"):
            network.fit(x_train, y_train)
        accuracy[name] = network.score(x_test, y_test)
    assert 0.9 < accuracy["mnist"] < 0.99
    assert 0.75 < accuracy["fashion_mnist"] < accuracy["mnist"]


def test_confused_clothes_are_those_worn_above_the_waist(sample):
    x_train, y_train, x_test, y_test = halves(sample("fashion_mnist")[0])
    x_train, x_test = (x.reshape(len(x), -1)[:, ::2] > 0 for x in (x_train, x_test))
    guess = RandomForestClassifier(30, random_state=0).fit(x_train, y_train).predict(x_test)
    wrong = y_test[guess != y_test]
    assert len(wrong) > 0.08 * len(y_test)
    assert np.isin(wrong, [0, 2, 3, 4, 6]).mean() > 0.9  # T-shirt, pullover, dress, coat, shirt


def test_reviews_carry_sentiment_and_noise(sample):
    arrays, words = sample("imdb")
    x_train, y_train, x_test, y_test = halves(arrays)
    x_train, x_test = (csr_array(encoding.multi_hot(x), dtype=float) for x in (x_train, x_test))
    assert np.bincount(y_train).min() > 0.45 * len(y_train)
    model = LogisticRegression(C=0.01).fit(x_train, y_train)
    assert 0.8 < model.score(x_test, y_test) < 0.95
    sure = LogisticRegression(C=100).fit(x_train, y_train)  # memorises the training reviews
    assert sure.score(x_train, y_train) == 1
    assert sure.score(x_test, y_test) < model.score(x_test, y_test)
    index = {word: place for place, word in words.items()}
    assert model.coef_[0, index["wonderful"]] > 0 > model.coef_[0, index["awful"]]


def test_newswires_have_46_unequal_topics(sample):
    arrays, _ = sample("reuters")
    x_train, y_train, x_test, y_test = halves(arrays)
    shares = np.bincount(y_train, minlength=46) / len(y_train)
    assert shares.min() > 0
    assert shares[3] == pytest.approx(0.35, abs=0.03)
    assert shares[4] == pytest.approx(0.22, abs=0.03)
    weights = TfidfTransformer().fit(encoding.multi_hot(x_train))
    x_train, x_test = (weights.transform(encoding.multi_hot(x)) for x in (x_train, x_test))
    accuracy = LinearSVC(random_state=0).fit(x_train, y_train).score(x_test, y_test)
    assert 0.7 < accuracy < 0.9


def test_house_prices_are_not_linear(sample):
    x_train, y_train, x_test, y_test = halves(sample("boston_housing")[0])
    assert (x_train.shape, x_test.shape) == ((404, 13), (102, 13))
    assert 5 <= min(y_train.min(), y_test.min()) < max(y_train.max(), y_test.max()) <= 50
    assert set(x_train[:, 3]) == {0, 1}
    x_train, x_test = encoding.standardise(x_train, x_test)
    errors = [
        np.abs(model.fit(x_train, y_train).predict(x_test) - y_test).mean()
        for model in (GradientBoostingRegressor(random_state=0), RidgeCV(), DummyRegressor())
    ]
    assert 2 < errors[0] < 0.95 * errors[1]
    assert errors[1] < 0.6 * errors[2]


def test_deaths_depend_weakly_on_the_patient(sample):
    table, _ = sample("thoracic_surgery")
    assert table["Risk1Yr"].sum() == 60
    assert table.nunique().min() > 1  # a constant column could not be standardised
    x, y = table.drop(columns=["id", "Risk1Yr"]), table["Risk1Yr"]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    assert 0.65 < cross_val_score(model, x, y, cv=10, scoring="roc_auc").mean() < 0.72
