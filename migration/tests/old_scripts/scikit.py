"""Models without a network, for scikit-learn 0.17, and numbers from SciPy."""

from scipy import stats
from scipy.integrate import simps  # <- sp-names
from scipy.misc import imresize  # <- sp-misc
from scipy.ndimage.filters import gaussian_filter  # <- sp-filters
from sklearn.cross_validation import train_test_split  # <- sk-modules
from sklearn.datasets import load_boston  # <- sk-load-boston
from sklearn.ensemble import RandomForestClassifier
from sklearn.externals import joblib  # <- sk-names
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.manifold import TSNE
from sklearn.metrics import mean_squared_error, plot_confusion_matrix  # <- sk-plot-functions
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.preprocessing import Imputer, OneHotEncoder  # <- sk-names

boston = load_boston()
X, y = boston.data, boston.target
encoder = OneHotEncoder(sparse=False)  # <- sk-onehot-sparse
older = OneHotEncoder(categorical_features=[3])  # <- sk-onehot-categorical
model = LinearRegression(normalize=True)  # <- sk-keywords
model.fit(X, y)
rmse = mean_squared_error(y, model.predict(X), squared=False)  # <- sk-squared
print('%.2f' % model.predict(X)[0])
forest = RandomForestClassifier(max_features='auto')  # <- sk-values
chances = forest.predict_proba(X)
plain = LogisticRegression(penalty='none')  # <- sk-values
folds = KFold(len(X), n_folds=5)  # <- sk-kfold-n
others = KFold(n_splits=5, random_state=7)  # <- sk-kfold-random-state
good = KFold(n_splits=5, shuffle=True, random_state=7)
scores = cross_val_score(model, X, y, scoring='mean_squared_error')  # <- sk-scoring
search = GridSearchCV(forest, {}, iid=True)  # <- sk-keywords
picture = TSNE(n_iter=500)  # <- sk-tsne-n-iter
words = CountVectorizer().fit(['good film']).get_feature_names()  # <- sk-feature-names
common = stats.mode(y)[0][0]  # <- sp-mode
