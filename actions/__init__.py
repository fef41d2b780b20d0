"""The action server's actions: read the turn, ask knowledge, speak. Every text comes from data/."""
