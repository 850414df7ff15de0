"""What the seven experiments share: data, models, training, records and figures."""

import sys

from common.errors import one_line

# Here, as Ctrl-C may come while the other rooms are still being imported.
sys.excepthook = one_line
