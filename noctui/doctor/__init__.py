"""`noctui doctor`: what noctui needs, one thing after the other, each with a verdict and what to do."""
