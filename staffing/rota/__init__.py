"""Planning and checking of rosters: plain Python, values in and answers out."""
