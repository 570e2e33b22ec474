"""Pages of a run: overview, checks, circuit, support, devices."""
