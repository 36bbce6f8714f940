"""Simulations of the same quantities; nothing here imports jtts.theory."""
