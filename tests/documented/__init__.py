"""The commands of the documentation: what pages hold, who runs them, and whether it is as they show."""
