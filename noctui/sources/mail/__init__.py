"""Where carriers' notices come from: mailboxes, each told as bytes. What stands in them is read elsewhere."""
