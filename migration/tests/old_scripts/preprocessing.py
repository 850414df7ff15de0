"""Preparation of a table for a network, for NumPy 1 and pandas 0."""

import numpy as np
import pandas as pd
from pandas.tools.plotting import scatter_matrix  # <- pd-names

df = pd.read_csv('titanic.csv', delim_whitespace=True)  # <- pd-read-csv-keywords
other = pd.read_csv('more.csv', ';')  # <- pd-positional
df = df.append(other, ignore_index=True)  # <- pd-append
rows = []
rows.append(3)
df['age'].fillna(df['age'].mean(), inplace=True)  # <- pd-chained-inplace
df['age'][0] = 30  # <- pd-chained-assignment
df[df['fare'] > 100]['fare'] = 100  # <- pd-chained-assignment
df.loc[0, 'age'] = 31
df = df.drop('cabin', 1)  # <- pd-positional
df = df.fillna(method='ffill')  # <- pd-fillna-method
df = df.sort('age')  # <- pd-sort
for name in df.columns:
    if df[name].dtype == 'object':  # <- pd-dtype-object
        df[name] = df[name].str.replace('[^a-z]', '')  # <- pd-str-replace
texts = df.select_dtypes(include=['object'])  # <- pd-select-object
table = df.ix[:, 'age':'fare'].as_matrix()  # <- pd-ix pd-as-matrix
features = df[['age', 'fare']].values
features -= features.mean(axis=0)  # <- pd-read-only
labels = df['survived'].values.astype(np.int)  # <- np-int
mask = features == np.NaN  # <- np-names
middle = features[len(features) / 2]  # <- np-float-index
zeros = np.zeros(len(features) / 2)  # <- np-float-size
ragged = np.array([[1, 2, 3], [4, 5]])  # <- np-ragged
numbers = np.array(map(int, labels))  # <- np-array-iterator
stacked = np.vstack(zip(labels, labels))  # <- np-stack-iterator
saved = np.load('words.npy').item()  # <- np-load-pickle
view = np.array(labels, copy=False)  # <- np-copy-false
heights, edges = np.histogram(features, normed=True)  # <- np-histogram-normed
dice = np.random.random_integers(1, 6)  # <- np-random-integers
area = np.trapz(labels) + np.product(labels)  # <- np-functions
raw = labels.tostring()  # <- np-array-methods
monthly = pd.date_range('2018-01-31', periods=3, freq='M')  # <- pd-frequency
means = df.resample('M', how='mean')  # <- pd-frequency pd-resample-how
smooth = pd.rolling_mean(df['fare'], 3)  # <- pd-names
number = pd.to_numeric(df['fare'], errors='ignore')  # <- pd-to-numeric-ignore
