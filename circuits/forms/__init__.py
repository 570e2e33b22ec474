"""Forms of the circuit."""
