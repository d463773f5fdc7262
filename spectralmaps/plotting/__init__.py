"""Style, colours and panels shared by the figures of all modules."""
