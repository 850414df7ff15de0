"""In the style of a first tutorial: a perceptron on random numbers, with two axes."""

import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Activation

features = np.random.random((200, 12))
labels = np.random.randint(2, size=(200, 1))

perceptron = Sequential()
perceptron.add(Dense(1, input_dim=12))  # <- keras-input-dim
perceptron.add(Activation('sigmoid'))
perceptron.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])
record = perceptron.fit(features, labels, epochs=20, batch_size=64)

%matplotlib inline  # <- paste-magic
import matplotlib.pyplot as plt

figure, left = plt.subplots()
right = left.twinx()
left.plot(record.history['loss'], 'y', label='train loss')
right.plot(record.history['acc'], 'b', label='train acc')  # <- keras-history-acc
left.set_xlabel('epoch')
right.set_ylabel('정확도')  # <- mpl-hangul
plt.show()

scores = perceptron.evaluate(features, labels, batch_size=32)
print('loss and metrics: ' + str(scores))
