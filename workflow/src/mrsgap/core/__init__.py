"""Vocabulary and plumbing that every other part uses; imports nothing of ours."""
