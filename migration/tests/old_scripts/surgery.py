"""In the style of notes on survival after surgery: a table, one-hot labels, seeds."""

import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import train_test_split
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

tf.set_random_seed(999)  # <- tf-random-seed
np.random.seed(999)
data = pd.read_csv("surgery.csv", header=None)
X = data.iloc[:, :-1]
y = data.iloc[:, -1]

network = Sequential()
network.add(Dense(units=34, input_dim=17, activation="relu"))  # <- keras-input-dim
network.add(Dense(units=1, activation="sigmoid"))
network.compile(loss="binary_crossentropy", optimizer="adam", metrics=["acc"])
h = network.fit(X, y, epochs=10, batch_size=20)
acc = h.history["acc"]

one_hot = pd.get_dummies(y)  # <- pd-get-dummies
values = data.values
values[:, 0] = 0  # <- pd-read-only
risk = network.predict_classes(values)  # <- keras-predict-classes
chance = network.predict_proba(values)  # <- keras-predict-proba
