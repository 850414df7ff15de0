"""What the seven experiments share: data, models, training, records and figures."""

import os
import sys

from common.errors import one_line

for name in ("stdout", "stderr"):
    if getattr(sys, name) is None:  # closed by whoever has started the program
        setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115

# Here, as Ctrl-C may come while the other rooms are still being imported.
sys.excepthook = one_line
