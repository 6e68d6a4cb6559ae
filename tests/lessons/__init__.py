"""What earlier tools for the same work got wrong, fault by fault, and that noctui does not."""
