"""Endpoints of patients; `ecmo.api` gives them their addresses."""
