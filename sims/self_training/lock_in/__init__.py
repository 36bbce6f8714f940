"""Learners with beliefs, who see, listen and pass on."""
