"""Text for training: what each action's name means for the joints. Nothing of it is served."""
