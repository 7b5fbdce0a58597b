"""Whole runs through the command line, in processes of their own, against a running simulator."""
