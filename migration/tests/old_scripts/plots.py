"""Plots of 2017."""

import matplotlib
matplotlib.use('Agg', warn=False)  # <- mpl-use-warn
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.mlab import PCA  # <- mpl-names
from mpl_toolkits.mplot3d import Axes3D

plt.style.use('seaborn-darkgrid')  # <- mpl-style-seaborn
colors = plt.cm.get_cmap('jet', 10)  # <- mpl-get-cmap
plt.hist([1, 2, 2], normed=True)  # <- mpl-hist-normed
plt.hold(True)  # <- mpl-hold
fig = plt.figure()
ax = Axes3D(fig)  # <- mpl-axes3d
deep = fig.gca(projection='3d')  # <- mpl-gca-projection
for i in range(4):
    plt.subplot(2, 4 / 2, i + 1)  # <- mpl-subplot-float
flat = fig.add_subplot(111, axisbg='w')  # <- mpl-axisbg
flat.set_axis_bgcolor('w')  # <- mpl-axisbg
plt.tick_params(labelbottom='off')  # <- mpl-off
plt.grid(b=True)  # <- mpl-grid-b
plt.boxplot([[1, 2]], labels=['a'])  # <- mpl-keywords
plt.bar(left=[1, 2], height=[3, 4])  # <- mpl-bar-left
fig.canvas.set_window_title('loss')  # <- mpl-window-title
plt.xlabel('에포크')  # <- mpl-hangul
sns.distplot([1, 2, 3])  # <- sns-distplot
sns.factorplot('sex', 'fare', data=df)  # <- sns-names
sns.barplot(df.sex, df.fare)  # <- sns-positional
sns.barplot('sex', 'fare', data=df, ci=None)  # <- sns-positional sns-ci
sns.pairplot(df, size=3)  # <- sns-size
sns.kdeplot(df.fare, shade=True)  # <- sns-shade
sns.scatterplot(x=df.age, y=df.fare)
