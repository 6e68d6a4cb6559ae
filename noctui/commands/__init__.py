"""What `noctui WORD …` does beside the screen: one module per word, each with `main(words) -> exit code`."""
