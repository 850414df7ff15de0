"""What the tutorials print and conclude, a module for each: numbers to set beside ours, tests."""

import common  # noqa: F401  as early as scripts can: Ctrl-C is one line from here on
