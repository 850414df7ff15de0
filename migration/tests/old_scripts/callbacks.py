"""A callback, lists of numbers, layers that were merged, and code from a web page."""

import keras
from keras.layers import Input, Dense, merge  # <- keras-merge
from keras.models import Model, Sequential
from keras.utils import multi_gpu_model  # <- keras-multi-gpu


class StopEarly(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('acc') > 0.99:  # <- keras-logs-acc
            self.model.stop_training = True


a, b = Input((3,)), Input((3,))
both = merge([a, b], mode='concat')
model = Model(input=[a, b], output=both)  # <- keras-model-input

xor = Sequential()
xor.add(Dense(1, activation='sigmoid'))
xor.compile('sgd', 'mse', metrics=['accuracy', 'fmeasure'])  # <- keras-metric-fmeasure
xor.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])  # <- keras-fit-lists
xor.save('xor')  # <- keras-save-folder
again = keras.models.load_model('xor')  # <- keras-load-folder
weights =  xor.get_weights()  # <- paste-spaces
loss = ‘mse’  # <- paste-quotes
optimizer = keras.optimizers.Nadam(schedule_decay=0.004)  # <- keras-schedule-decay keras-nadam-rate
legacy = keras.optimizers.legacy.Adam()  # <- keras-legacy-optimizer
one_hot = keras.utils.to_categorical([0, 1], nb_classes=2)  # <- keras-to-categorical
