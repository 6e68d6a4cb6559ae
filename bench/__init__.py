"""`python -m bench`: what noctui costs, beside what it is measured against, in the same run. No timed tests."""
