"""What people and the laboratory do: results, plans, infusions. Each keeps alerts and dues true."""
