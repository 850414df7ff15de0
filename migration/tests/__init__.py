"""What the tool finds, and that each row of the catalogue is true."""
