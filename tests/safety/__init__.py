"""The safety screen: phrases, rule, separately written messages, and what is said first."""
