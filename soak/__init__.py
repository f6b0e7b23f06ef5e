"""A long mixed load while processes are killed, and a checker that holds the house against the clients' own log."""
