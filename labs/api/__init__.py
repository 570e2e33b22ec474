"""Endpoints of samples, results and anticoagulation; `ecmo.api` gives them their addresses."""
