"""Frozen values that walk through the house. Nothing here touches a disk, a clock or the environment."""
