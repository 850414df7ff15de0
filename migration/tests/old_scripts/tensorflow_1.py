"""Softmax regression for TensorFlow 1."""

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data  # <- tf-examples
from tensorflow.python.keras.layers import Dense  # <- keras-tensorflow-python

mnist = input_data.read_data_sets('MNIST_data', one_hot=True)
W = tf.get_variable('W', shape=[784, 256])  # <- tf-get-variable
x = tf.placeholder(tf.float32, [None, 784])  # <- tf-session
y_ = tf.placeholder(tf.float32, [None, 10])  # <- tf-session
w = tf.Variable(tf.truncated_normal([784, 10]))  # <- tf-names-moved
hidden = tf.nn.dropout(x, keep_prob=0.5)  # <- tf-keep-prob
hidden = tf.nn.dropout(hidden, 0.8)  # <- tf-dropout-rate
logits = tf.matmul(hidden, w)
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits, y_))  # <- tf-cross-entropy-order
other = -tf.reduce_sum(y_ * tf.log(logits), reduction_indices=[1])  # <- tf-names-moved tf-keywords
train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)  # <- tf-optimizers
config = tf.ConfigProto()  # <- tf-config-proto
config.gpu_options.allow_growth = True
with tf.Session(config=config) as sess:  # <- tf-session
    sess.run(tf.global_variables_initializer())  # <- tf-session
    for _ in range(1000):
        batch = mnist.train.next_batch(100)
        sess.run(train, feed_dict={x: batch[0], y_: batch[1]})
    right = tf.equal(tf.argmax(logits, 1), tf.argmax(y_, dimension=1))  # <- tf-keywords
    print(right.eval(session=sess))  # <- tf-eval
    tf.train.Saver().save(sess, 'model')  # <- tf-session
dense = tf.contrib.layers.fully_connected(x, 10)  # <- tf-contrib
inputs = tf.keras.Input((3,))
mean = tf.reduce_mean(inputs)  # <- keras-kerastensor
