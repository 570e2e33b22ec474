"""Messages from outside: stored first, then filed, held for a person, or answered with the fault."""
