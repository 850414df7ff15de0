"""What `predict.py` computes in NumPy is what Keras computes; explanations are what they say."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from common import encoding, models
from networks import CLASSES, COLUMNS, FEATURES, WORDS, saved, text_network
from prediction import images, rows, texts


def keras_probabilities(network, inputs):
    outputs = network(inputs.astype(np.float32), training=False).numpy().astype(float)
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        (models.dense(12, (), 1, "sigmoid", name="perceptron"), (12,)),
        (models.dense(12, (9, 4), 1, "sigmoid", 0.5, name="dropout"), (12,)),
        (models.dense(12, (64, 64), 1, name="regression"), (12,)),
        (models.dense((28, 28), (16, 8), 10, "softmax", name="softmax"), (28, 28)),
        (
            models.convolutional((28, 28, 1), [(8,), (8,)], 16, 1, "sigmoid", name="cnn"),
            (28, 28, 1),
        ),
        (
            models.convolutional(
                (28, 28, 1), [(8, 8), (16, 16)], 16, 1, "sigmoid", (0.25, 0.5), name="deep_cnn"
            ),
            (28, 28, 1),
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_network_gives_what_keras_gives(network, shape, tmp_path):
    trained = saved(tmp_path, network, takes="row", answers=[])
    inputs = np.random.default_rng(0).random((70, *shape), np.float32)
    expected = network(inputs, training=False).numpy()
    np.testing.assert_allclose(trained.network(inputs), expected, rtol=1e-4, atol=1e-5)
    reloaded = keras.models.load_model(tmp_path / "network.keras")  # the file is Keras's own
    np.testing.assert_allclose(reloaded(inputs, training=False).numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("activation", CLASSES)
def test_slopes_are_those_of_tensorflow(activation, tmp_path):
    network, trained = text_network(tmp_path, activation)
    row = np.random.default_rng(2).integers(2, size=len(WORDS)).astype(np.float32)
    direction = np.arange(1.0, 1 + CLASSES[activation])
    hidden = keras.Sequential(network.layers[:-1])
    kernel, bias = network.layers[-1].get_weights()
    x = tf.constant(row[None])
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = hidden(x, training=False) @ kernel + bias
        along = tf.reduce_sum(logits * direction)
    np.testing.assert_allclose(trained.network.logits(row[None]), logits.numpy(), rtol=1e-4)
    expected = tape.gradient(along, x).numpy()[0]
    np.testing.assert_allclose(trained.network.slopes(row, direction), expected, atol=1e-5)


@pytest.mark.parametrize("activation", CLASSES)
def test_weights_sum_to_the_lead_and_occlusion_is_the_text_without_the_word(activation, tmp_path):
    network, trained = text_network(tmp_path, activation)
    text = "The film WAS good, don’t call it dull: 'fun' (zzz)!"
    answer = texts.answer(trained, text)
    because = answer.because
    known = {"the", "film", "was", "good", "don't", "dull", "fun"}
    assert {row["word"] for row in because["words"]} == known
    assert set(because["not_known"]) == {"call", "it", "zzz"}

    def probabilities(words):
        indexes = [encoding.START, encoding.UNKNOWN, *map(WORDS.index, words)]
        return keras_probabilities(network, encoding.multi_hot([indexes], len(WORDS)))[0]

    names = trained.card["answers"]
    full = probabilities(known)
    place = full.argmax()
    assert answer.answer == names[place]
    assert answer.probability == pytest.approx(full[place], abs=1e-5)
    for row in because["words"]:
        without = probabilities(known - {row["word"]})[place]
        assert row["probability_without_it"] == pytest.approx(without, abs=1e-5)
    second = np.sort(full)[-2]
    assert because["lead"] == pytest.approx(np.log(full[place] / second), abs=1e-3)
    total = because["rest"] + sum(row["weight"] for row in because["words"])
    assert total == pytest.approx(because["lead"], abs=1e-4)


@given(st.lists(st.sampled_from([word for word in WORDS if word]), min_size=1))
def test_a_decoded_text_is_read_as_the_words_it_was_made_of(words):
    indexes = {word: index for index, word in enumerate(WORDS) if word}
    sequence = [encoding.START, *(indexes[word] for word in words)]
    text = encoding.decode(sequence, dict(enumerate(WORDS)))
    for written in (text, text.upper(), text.replace(" ", ", ")):
        found = [texts.known_as(word, indexes) for word in texts.words_of(written)]
        assert found == sequence[1:]


@pytest.mark.parametrize("kind", ["dense", "cnn"])
def test_the_map_of_a_picture_is_that_of_hiding_its_parts(kind, tmp_path):
    if kind == "dense":
        network = models.dense((28, 28), (8,), 10, "softmax", name="n")
    else:
        network = models.convolutional((28, 28, 1), [(4,)], 8, 1, "sigmoid", name="n")
    answers = [str(i) for i in range(10)] if kind == "dense" else ["even", "odd"]
    trained = saved(tmp_path, network, takes="digit", answers=answers)
    seen = drawn(tmp_path, 4)
    answer = images.answer(trained, tmp_path / "4.png")
    np.testing.assert_array_equal(answer.seen, seen)
    place = answers.index(answer.answer)
    for row, column in ((0, 0), (14, 14), (10, 18), (27, 3)):
        hidden = seen.astype(np.float32) / 255
        hidden[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
        shape = (1, *network.input_shape[1:])
        after = keras_probabilities(network, hidden.reshape(shape))[0, place]
        change = answer.because["change_if_hidden"][row, column]
        assert change == pytest.approx(after - answer.probability, abs=1e-5)


def drawn(folder, which):
    import drawing

    path = folder / f"{which}.png"
    drawing.digit(which).save(path)
    return images.digit(images.read_grey(path))


@pytest.mark.parametrize("activation", ["linear", "sigmoid"])
def test_features_are_standardised_and_replaced_by_their_means(activation, tmp_path):
    network = models.dense(3, (8,), 1, activation, name="n")
    answers = ["survives", "dies"] if activation == "sigmoid" else []
    card = {"features": FEATURES, "columns": COLUMNS, "unit": ""}
    trained = saved(tmp_path, network, takes="row", answers=answers, **card)
    answer = rows.answer(trained, "chas=1, rm=7.25")

    def value(rm, chas):
        output = float(network(np.array([[(rm - 6) / 0.5, 1 - chas, chas]], np.float32))[0, 0])
        return 1 - output if answer.answer == "survives" else output

    now = answer.answer if activation == "linear" else answer.probability
    assert now == pytest.approx(value(7.25, 1), abs=1e-5)
    rm, chas = answer.because["features"]
    assert rm["standardised"] == pytest.approx(2.5)
    assert chas["standardised"] == pytest.approx(3.0)
    assert rm["change_with_mean"] == pytest.approx(value(6.0, 1) - now, abs=1e-5)
    assert chas["change_with_mean"] == pytest.approx(value(7.25, 0.1) - now, abs=1e-5)
    assert answer.warnings == []
