"""From a checkpoint to the one file that is served (contract 2)."""
