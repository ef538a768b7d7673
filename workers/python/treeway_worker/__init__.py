"""Reads calls from Treeway's server, runs handlers, writes their answers."""
