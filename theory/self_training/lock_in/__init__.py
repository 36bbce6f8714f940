"""Learners who share beliefs, and the one model that they all consult."""
