"""A convolutional network of 2016, for Keras 1."""

from keras import backend as K
from keras.callbacks import ModelCheckpoint
from keras.layers.convolutional import Convolution2D, MaxPooling2D  # <- keras-layers-modules
from keras.layers.core import Activation, Dense, Dropout, Flatten  # <- keras-layers-modules
from keras.layers.normalization import BatchNormalization  # <- keras-layers-modules
from keras.models import Sequential
from keras.optimizers import SGD, adam  # <- keras-optimizer-case
from keras.utils.visualize_util import plot  # <- keras-utils-modules

K.set_image_dim_ordering('th')  # <- keras-image-dim-ordering
nb_filters = 32
model = Sequential()
model.add(Convolution2D(nb_filters, 3, 3, border_mode='same'))  # <- keras-conv-stride keras-1-keywords
model.add(Convolution2D(nb_filters, 3, 3, subsample=(2, 2)))  # <- keras-conv-stride keras-1-keywords
model.add(BatchNormalization(mode=0, axis=1))  # <- keras-batchnorm-mode
model.add(MaxPooling2D(pool_size=(2, 2), dim_ordering='th'))  # <- keras-1-dim-ordering
model.add(Dropout(p=0.5))  # <- keras-dropout-p
model.add(Flatten())
model.add(Dense(output_dim=10, init='uniform'))  # <- keras-1-sizes keras-1-keywords
model.add(Activation('softmax'))
sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9)  # <- keras-lr keras-decay
model.compile(loss='categorical_crossentropy', optimizer=sgd, class_mode='categorical')  # <- keras-compile-keywords
saved = ModelCheckpoint('best.hdf5', monitor='val_acc', save_best_only=True)  # <- keras-checkpoint-name keras-monitor-mode
model.fit(X, Y, nb_epoch=10, show_accuracy=True, callbacks=[saved])  # <- keras-nb-epoch keras-show-accuracy
model.save_weights('weights.h5')  # <- keras-save-weights
