"""In the style of a tutorial on odd and even digits: a convolutional network, a grid of digits."""

from keras.utils import np_utils  # <- keras-np-utils
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Conv2D, MaxPooling2D, Flatten, Dropout
import matplotlib.pyplot as plt

side = 28
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(60000, side, side, 1).astype('float32') / 255.0
x_test = x_test.reshape(10000, side, side, 1).astype('float32') / 255.0
y_train, y_test = y_train % 2, y_test % 2

net = Sequential()
net.add(Conv2D(32, (3, 3), activation='relu', input_shape=(side, side, 1)))  # <- keras-input-dim
net.add(MaxPooling2D(pool_size=(2, 2)))
net.add(Dropout(0.25))
net.add(Flatten())
net.add(Dense(1, activation='sigmoid'))
net.compile(loss='binary_crossentropy', optimizer='sgd', metrics=['accuracy'])
hist = net.fit(x_train, y_train, epochs=5, validation_data=(x_test, y_test))

right = hist.history['val_acc']  # <- keras-history-acc
answers = net.predict(x_test, batch_size=32)

rows = 5
fig, grid = plt.subplots(rows, rows)
for i in range(rows * rows):
    cell = grid[i / rows, i % rows]  # <- np-float-index
    cell.imshow(x_test[i].reshape(side, side))
    text = 'odd' if answers[i] >= 0.5 else 'even'
    cell.set_title('%s %.2f' % (text, answers[i]))  # <- keras-predict-scalar
    certain = int(answers[i] * 100)
    print('{:.1f}'.format(answers[i]), round(answers[i]))  # <- keras-predict-format keras-predict-scalar
plt.show()
