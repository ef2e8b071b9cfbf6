"""The engine's agent: it reads what is wished for by rules, and says what it did."""
