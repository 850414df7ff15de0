"""In the style of a tutorial on digits and clothes: two networks and their histories."""

import matplotlib.pyplot as plt
import numpy as np
from keras.datasets.fashion_mnist import load_data
from keras.layers import Dense, Flatten
from keras.models import Sequential
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from tensorflow.keras.utils import to_categorical
import seaborn as sns

(X_train, y_train), (X_test, y_test) = load_data()
X_train, X_test = X_train / 255, X_test / 255
y_train = to_categorical(y_train)
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, test_size=0.3, random_state=7)

small = Sequential()
small.add(Flatten(input_shape=(28, 28)))  # <- keras-input-dim
small.add(Dense(10, activation='softmax'))
small.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['acc'])
history = small.fit(X_train, y_train, epochs=3, validation_data=(X_val, y_val))
values = history.history
acc = values['acc']


def draw(first):
    table = first.history
    names = list(table.keys())  # <- keras-history-order
    for i in range(2):
        plt.plot(table[names[i]], label=names[i])
    plt.legend()


draw(history)
guesses = small.predict(X_test)
plt.title('predicted: ' + str(np.argmax(guesses[5])))
matrix = confusion_matrix(y_test, np.argmax(guesses, axis=-1))
sns.heatmap(matrix, annot=True, fmt='d', cmap='Blues')
sns.heatmap(matrix / matrix.sum(), annot=True, fmt='d')  # <- sns-heatmap-fmt
sns.countplot(y_test)  # <- sns-countplot
