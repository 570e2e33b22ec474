"""What people do at the circuit: checks, exchanges, and the support as a whole."""
