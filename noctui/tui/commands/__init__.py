"""The `:` line: what it may say, what completes it, what it comes to. No screen in here."""
