"""What is done to the store as a whole, by a command or by the clock."""
