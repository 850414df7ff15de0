"""What the tutorials print and conclude, a module for each: numbers to set beside ours, tests."""
