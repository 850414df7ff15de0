"""Rows of a table with text beside numbers, old defaults of Keras, paths in variables."""

import os

import keras
import pandas as pd
from keras.callbacks import ModelCheckpoint
from keras.datasets import reuters
from keras.initializers import normal  # <- keras-names-moved
from keras.layers import Dense, GRU, LSTM
from keras.models import Sequential, load_model
from keras.optimizers import Adadelta, Adagrad
from sklearn.preprocessing import LabelEncoder

df = pd.read_csv('sonar.csv', header=None)
dataset = df.values
X = dataset[:, 0:60]  # <- pd-object-values
numbers = dataset[:, 0:60].astype(float)
Y_obj = dataset[:, 60]
Y = LabelEncoder().fit_transform(Y_obj)
hours = df.resample('H').mean()  # <- pd-frequency

model = Sequential()
model.add(Dense(24, activation='hard_sigmoid'))  # <- keras-hard-sigmoid
model.add(Dense(1, kernel_initializer=normal(stddev=0.1)))  # <- keras-names-moved
model.compile(loss='mse', optimizer='adadelta', metrics=['mae'])  # <- keras-adadelta-rate
model.compile(loss='mse', optimizer=Adadelta(rho=0.9))  # <- keras-adadelta-rate
model.compile(loss='mse', optimizer=Adadelta(lr=0.5))  # <- keras-lr
model.compile(loss='mse', optimizer=Adagrad(0.01))
choice = 'Nadam'  # <- keras-nadam-rate
model.compile(loss='mse', optimizer=choice)

folder = './model/'
name = folder + '{epoch:02d}-{val_loss:.4f}.hdf5'  # <- keras-checkpoint-name
saved = ModelCheckpoint(filepath=name, monitor='val_loss', save_best_only=True)
weights = os.path.join(folder, 'best.h5')  # <- keras-save-weights
model.save_weights(weights)
path = 'best.h5'  # <- keras-save-h5
model.save(path)
again = load_model(path)  # <- keras-load-h5
path = 'best.keras'
model.save(path)

(x_train, y_train), _ = reuters.load_data(nb_words=1000)  # <- keras-nb-words-reuters
text = Sequential([LSTM(8), GRU(8, recurrent_activation='sigmoid')])  # <- keras-recurrent-activation
