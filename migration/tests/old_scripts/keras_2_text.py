"""A recurrent network for text, for Keras 2."""

from keras import backend as K
from keras.callbacks import EarlyStopping, ReduceLROnPlateau, TensorBoard  # <- keras-tensorboard
from keras.engine.topology import Layer  # <- keras-engine
from keras.layers import CuDNNLSTM, Dense, Embedding, LeakyReLU, LSTM  # <- keras-layers-gone
from keras.models import Sequential, load_model
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer  # <- keras-text
from keras.wrappers.scikit_learn import KerasClassifier  # <- keras-sklearn-wrapper


class Attention(Layer):
    def build(self, shape):
        self.w = self.add_weight('w', shape=(int(shape[-1]), 1))  # <- keras-add-weight

    def call(self, x):
        return K.sum(x * K.softmax(K.dot(x, self.w)), axis=1)  # <- keras-backend-functions


words = Tokenizer(num_words=1000)
words.fit_on_texts(texts)
X = pad_sequences(words.texts_to_sequences(texts))
model = Sequential([Embedding(1000, 32, input_length=100)])  # <- keras-embedding-length
model.add(LSTM(32, batch_input_shape=(1, 100, 32), stateful=True))  # <- keras-batch-input-shape keras-recurrent-activation
model.add(LeakyReLU(alpha=0.1))  # <- keras-leaky-alpha
model.add(Dense(1, activation='sigmoid'))
model.compile('adam', 'mse', metrics=['mae'])
stop = EarlyStopping(monitor='val_acc', mode='max')  # <- keras-monitor-skip
slow = ReduceLROnPlateau(monitor='val_loss', epsilon=0.001)  # <- keras-plateau-epsilon
history = model.fit_generator(batches(X), workers=4, callbacks=[stop, slow])  # <- keras-fit-generator
worst = max(history.history['mean_absolute_error'])  # <- keras-history-long
names = dict(zip(model.metrics_names, model.evaluate(X, y)))  # <- keras-metrics-names
K.set_value(model.optimizer.lr, 0.0001)  # <- keras-set-value keras-optimizer-lr
model.reset_states()  # <- keras-reset-states
model.fit(X, y, workers=4)  # <- keras-fit-workers
model.fit_generator(batches(X), samples_per_epoch=15, nb_epoch=50)  # <- keras-fit-generator
model.save('text.h5')  # <- keras-save-h5
again = load_model('text.h5')  # <- keras-load-h5
print(again.layers[0].output_shape, model.to_yaml())  # <- keras-layer-shape keras-to-yaml
