"""In the style of slides on reviews, newswires and houses, with a shell's prompts."""

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.datasets import boston_housing, imdb

>>> (train_data, train_labels), (test_data, test_labels) = imdb.load_data(nb_words=1000)  # <- keras-nb-words
>>> len(train_data[0])
(a, b), (c, d) = boston_housing.load_data('/home/me/boston_housing.npz')  # <- keras-load-data-path


def multi_hot(sequences, size=1000):
    results = np.zeros((len(sequences), size))
    for i, sequence in enumerate(sequences):
        for j in sequence:
            results[i, j] = 1.
    return results


def build():
    model = keras.Sequential([
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=keras.optimizers.RMSprop(lr=0.001),  # <- keras-lr
                  loss="binary_crossentropy",
                  metrics=["accuracy"])
    return model


model = build()
history = model.fit(multi_hot(train_data), train_labels, epochs=4,
                    validation_split=0.4)
best = np.argmax(history.history["val_acc"])  # <- keras-history-acc
>>> results = model.evaluate(multi_hot(test_data), test_labels)
probability = model.predict(multi_hot(test_data))
print(f"{probability[0]:.2f}")  # <- keras-predict-format
