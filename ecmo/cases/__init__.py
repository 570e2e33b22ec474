"""Reference cases: replayed through the REST API in the order in which things happened, then compared.

A tool for developers (`make case FILE=...`); nothing of the product imports it.
"""
