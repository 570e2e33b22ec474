"""Ways by which a message leaves the house: each sends, or says in which way it could not."""
