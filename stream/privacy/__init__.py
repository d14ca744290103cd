"""What is held of people and what is done with it: declared once, and written out for people to read. Pure."""
