"""The data layer: what is loaded, from where, and what happens to a wrong file."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from base import errors, paths
from common import data, encoding
from datasets import bundled, fetching

INDEX_LISTS = st.lists(st.lists(st.integers(0, 49)), max_size=8)


def assert_texts_are_those_of_keras(dataset):
    import keras

    theirs = getattr(keras.datasets, dataset.name).load_data(num_words=10_000)
    for (texts, labels), (their_texts, their_labels) in zip(dataset.arrays, theirs, strict=True):
        assert all(ours.tolist() == its for ours, its in zip(texts, their_texts, strict=True))
        np.testing.assert_array_equal(labels, their_labels)


def test_imdb_is_what_keras_loads_and_the_tutorial_prints(real_data_dir):
    imdb = data.load("imdb", "real", real_data_dir)
    assert_texts_are_those_of_keras(imdb)
    (x_train, y_train), (x_test, _) = imdb.arrays
    assert (len(x_train), len(x_test)) == (25_000, 25_000)
    assert (len(x_train[0]), len(x_train[1])) == (218, 189)
    assert x_train[0][:10].tolist() == [1, 14, 22, 16, 43, 530, 973, 1622, 1385, 65]
    assert y_train[0] == 1
    assert np.bincount(y_train).tolist() == [12_500, 12_500]
    start = "this film was just brilliant casting location scenery story direction"
    assert encoding.decode(x_train[0], imdb.words).startswith(start)


def test_reuters_is_what_keras_loads_and_the_tutorial_prints(real_data_dir):
    reuters = data.load("reuters", "real", real_data_dir)
    assert_texts_are_those_of_keras(reuters)
    (x_train, y_train), (x_test, _) = reuters.arrays
    assert (len(x_train), len(x_test)) == (8_982, 2_246)
    printed = "1 245 273 207 156 53 74 160 26 14 46 296 26 39 74 2979 3554 14 46 4689 4329 86 61"
    printed += " 3499 4795 14 61 451 4329 17 12"
    assert x_train[10].tolist() == [int(number) for number in printed.split()]
    assert (y_train[10], y_train[0]) == (3, 3)
    assert sorted(set(y_train)) == list(range(46))


def test_boston_is_what_keras_loads_and_the_tutorial_prints(real_data_dir):
    import keras

    (x_train, y_train), (x_test, y_test) = data.load("boston_housing", "real", real_data_dir).arrays
    theirs = keras.datasets.boston_housing.load_data()
    np.testing.assert_array_equal(x_train, theirs[0][0])
    np.testing.assert_array_equal(y_test, theirs[1][1])
    assert (x_train.shape, x_test.shape) == ((404, 13), (102, 13))
    assert [*y_train[:3], *y_train[-3:]] == [15.2, 42.3, 50.0, 19.4, 19.4, 29.1]


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_images_are_what_keras_loads(real_data_dir, name):
    import keras

    ours = data.load(name, "real", real_data_dir).arrays
    theirs = getattr(keras.datasets, name).load_data()
    for part, other in zip(ours, theirs, strict=True):
        for array, its in zip(part, other, strict=True):
            np.testing.assert_array_equal(array, its)
    assert ours[0][0].shape == (60_000, 28, 28)
    assert ours[1][0].shape == (10_000, 28, 28)
    if name == "mnist":
        assert ours[0][1][[0, 1, 2, -3, -2, -1]].tolist() == [5, 0, 4, 5, 6, 8]
        assert ours[1][1][[0, 1, 2, -3, -2, -1]].tolist() == [7, 2, 1, 4, 5, 6]
    else:
        assert np.bincount(ours[0][1]).tolist() == [6_000] * 10


def test_thoracic_table_is_the_tutorials(real_data_dir):
    table = data.load("thoracic_surgery", "real", real_data_dir).arrays
    assert table.shape == (470, 18)
    assert table.iloc[0].tolist()[:5] == [293, 1, 3.8, 2.8, 0]  # the first row of the book's file
    assert table["Risk1Yr"].sum() == 70
    assert (table["PRE5"] > 50).sum() == 14
    assert sorted(table["id"]) == list(range(1, 471))
    assert table[["DGN", "id"]].equals(table[["DGN", "id"]].sort_values(["DGN", "id"]))


def test_every_registered_file_is_verified_by_its_digest(real_data_dir):
    for name, entry in fetching.registry().items():
        for file, (place, digest) in fetching.fetch(name, real_data_dir).items():
            expected = entry["files"][file]
            assert place == "cache"
            assert digest == expected.get("sha256", expected.get("table_sha256"))


@pytest.fixture
def thoracic(real_data_dir, tmp_path):
    """Return a data folder of its own that holds the thoracic data."""
    target = tmp_path / "data" / "datasets" / "ThoraricSurgery.arff"
    target.parent.mkdir(parents=True)
    shutil.copyfile(real_data_dir / "datasets" / target.name, target)
    return target


def test_other_line_endings_pass(thoracic):
    thoracic.write_bytes(thoracic.read_bytes().replace(b"\n", b"\r\n"))
    assert fetching.fetch("thoracic_surgery", thoracic.parents[1])


def test_a_file_is_looked_for_in_mirror_then_home(thoracic, tmp_path, monkeypatch, offline):
    cache = tmp_path / "new"
    home = tmp_path / ".keras" / "datasets" / thoracic.name
    home.parent.mkdir(parents=True)
    shutil.copyfile(thoracic, home)
    assert fetching.fetch("thoracic_surgery", cache)[thoracic.name][0] == str(home)
    shutil.rmtree(cache)
    monkeypatch.setenv("DATA_MIRROR", str(thoracic.parent))
    assert fetching.fetch("thoracic_surgery", cache)[thoracic.name][0] == str(thoracic)
    assert fetching.fetch("thoracic_surgery", cache)[thoracic.name][0] == "cache"


def test_a_damaged_file_at_home_is_passed_over(thoracic, tmp_path, monkeypatch, offline, capsys):
    home = tmp_path / ".keras" / "datasets" / thoracic.name
    home.parent.mkdir(parents=True)
    home.write_bytes(b"damaged")
    with pytest.raises(errors.UnreachableError):
        fetching.fetch("thoracic_surgery", tmp_path / "new")
    assert f"ignored {home}" in capsys.readouterr().err


@pytest.mark.parametrize("mirror", ["/nowhere", "~nosuchuser/data", "http://a..b", "x" * 300])
def test_a_mirror_that_is_none_is_an_error(tmp_path, monkeypatch, offline, mirror):
    monkeypatch.setenv("DATA_MIRROR", mirror)
    with pytest.raises(errors.DataError):
        fetching.fetch("mnist", tmp_path / "new")


@pytest.mark.parametrize("name", bundled.NAMES)
@pytest.mark.parametrize("choice", ["auto", "real", "sample"])
def test_what_a_package_brings_along_is_always_there(name, choice, tmp_path, offline):
    dataset = data.load(name, choice, tmp_path / "nowhere")
    assert (dataset.source, dataset.files, dataset.words) == ("bundled", {}, None)
    (x_train, y_train), (x_test, y_test) = dataset.arrays
    assert x_train.dtype == x_test.dtype == np.float64
    assert len(x_train) == len(y_train)
    assert 0.2 < len(y_test) / (len(y_train) + len(y_test)) < 0.3


def test_a_data_set_that_is_none_is_named_with_those_that_are(tmp_path):
    with pytest.raises(errors.DataError, match="nosuch: expected a data set, boston_housing, "):
        data.load("nosuch", "auto", tmp_path)


def test_offline_the_sample_stands_in_and_says_so(tmp_path, offline, capsys):
    dataset = data.load("mnist", "auto", tmp_path)
    assert (dataset.source, dataset.files) == ("sample", {})
    assert "sample" in capsys.readouterr().err
    with pytest.raises(errors.UnreachableError, match=r"mnist\.npz"):
        data.load("mnist", "real", tmp_path)


@given(INDEX_LISTS)
def test_multi_hot_marks_exactly_the_words_that_occur(sequences):
    rows = encoding.multi_hot(sequences, 50)
    assert rows.shape == (len(sequences), 50)
    assert rows.dtype == np.uint8
    for row, sequence in zip(rows, sequences, strict=True):
        assert set(np.flatnonzero(row)) == set(sequence)
        assert row.max(initial=0) <= 1


@given(INDEX_LISTS.filter(any), st.integers(50, 70))
def test_packed_rows_unpack_to_the_same(sequences, dimension):
    packed = encoding.MultiHot.encode(sequences, dimension)
    rows = encoding.multi_hot(sequences, dimension)
    assert len(packed) == len(sequences)
    np.testing.assert_array_equal(packed.unpack(), rows)
    np.testing.assert_array_equal(packed[1:].unpack(), rows[1:])


@pytest.mark.parametrize("encode", [encoding.multi_hot, encoding.MultiHot.encode])
@pytest.mark.parametrize("index", [-1, 50, 2**32 + 5])
def test_multi_hot_refuses_an_index_outside(encode, index):
    with pytest.raises(ValueError, match="0 to 49"):
        encode([[index]], 50)


def test_packed_rows_refuse_what_they_cannot_hold():
    with pytest.raises(ValueError, match="at least one word"):
        encoding.MultiHot.encode([[], []], 50)
    with pytest.raises(ValueError, match="without a step"):
        encoding.MultiHot.encode([[1], [2]], 50)[::2]


def test_the_tutorials_multi_hot_example():
    row = encoding.multi_hot([[1, 5, 9998]])[0]
    assert np.flatnonzero(row).tolist() == [1, 5, 9998]


def test_decode_names_words_and_leaves_out_marks():
    assert encoding.decode([1, 14, 2, 0], {14: "film"}) == "film [?]"


@given(
    st_numpy.arrays(np.float64, (12, 3), elements=st.integers(-1000, 1000), unique=True),
    st_numpy.arrays(np.float64, (5, 3), elements=st.integers(-1000, 1000)),
)
def test_standardise_uses_the_training_rows_alone(train, other):
    scaled, scaled_other = encoding.standardise(train, other)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-5)
    by_hand = (other - train.mean(axis=0)) / train.std(axis=0)
    np.testing.assert_allclose(scaled_other, by_hand, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(scaled, encoding.standardise(train, other * 7 + 1)[0])


def test_standardise_only_shifts_what_is_constant():
    train = np.array([[1.0, 0.0], [3.0, 0.0]])  # a rare fact, all of it among the held-out rows
    scaled, other = encoding.standardise(train, np.array([[2.0, 1.0]]))
    assert scaled.tolist() == [[-1, 0], [1, 0]]
    assert other.tolist() == [[0, 1]]


def test_a_data_folder_that_cannot_be_written_is_read_through_a_link(tmp_path, monkeypatch):
    """Keras would pass over it and fetch the files anew."""
    monkeypatch.setattr("os.access", lambda path, mode: False)
    home = paths._keras_home(tmp_path)
    assert home != str(tmp_path)
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "file").write_text("here")
    assert Path(home, "datasets", "file").read_text() == "here"
