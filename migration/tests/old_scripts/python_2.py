# -*- coding: utf-8 -*-
import cPickle as pickle  # <- py-modules
import time
import urllib
import urllib2  # <- py-modules
import random
import sys
from itertools import izip  # <- py-modules
from StringIO import StringIO  # <- py-modules

reload(sys)  # <- py-names
sys.setdefaultencoding('utf-8')  # <- py-functions
start = time.clock()  # <- py-functions
print 'reading', sys.argv[0]  # <- py-print
print  'more'  # <- py-print
try:
    with open('data_batch_1', 'rb') as handle:
        batch = pickle.load(handle)  # <- py-pickle
except IOError, problem:  # <- py-except
    print >>sys.stderr, 'no data:', problem  # <- py-print-chevron
    raise ValueError, 'give a file'  # <- py-syntax

names = batch.keys()
first = names[0]  # <- py-iterator-index
if not batch.has_key('labels'):  # <- py-dict
    print 'no labels in %s' % first  # <- py-print
order = range(100)
random.shuffle(order)  # <- py-shuffle-range
half = 100 / 3  # <- py-division
for i in xrange(len(order) / 2):  # <- py-range-size py-names py-division
    if order[i] <> 10L: print `order[i]`  # <- py-print
for key, value in batch.iteritems():  # <- py-dict
    total = sum(map(float, value))
pairs = zip(order, names)
print len(pairs), pairs[0]  # <- py-print py-iterator-index
rows = iter(order)
row = rows.next()  # <- py-next
ranked = sorted(order, cmp=lambda a, b: b - a)  # <- py-sort-cmp
text = raw_input('again? ')  # <- py-names
"""
print 'this is text, not code'
"""
