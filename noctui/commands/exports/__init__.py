"""What `noctui export` is made of: what was asked for, the tables, and how they are written."""
