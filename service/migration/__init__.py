"""Migration: a collection's exemplars embedded again from their clips, for another model (ours).

Arrays of the new space are written beside the old ones, so that recognition goes on; one switch
binds the collection to them. Everything may be broken off at any moment and begun again.
"""

from service.migration.embedding import Unusable
from service.migration.migrate import Migrated, Unfinished, migrate
from service.migration.plan import Plan, plan
from service.migration.rollback import NoWayBack, RolledBack, roll_back

__all__ = [
    "Migrated",
    "NoWayBack",
    "Plan",
    "RolledBack",
    "Unfinished",
    "Unusable",
    "migrate",
    "plan",
    "roll_back",
]
