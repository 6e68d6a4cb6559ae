"""What a person can do with the screen, one file for each kind of deed; together with the shell they are the app."""
