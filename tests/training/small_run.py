"""A small run: of an animator's archive `moves.npz`, by an encoder of next to no size."""

SMALL_RUN = (
    "data.sets=[{archive: moves}]",
    "data.pseudo_novel={}",
    "data.stored_frames=40",
    "encoder.channels=[8,8]",
    "encoder.strides=[2,2]",
    "encoder.segment_width=4",
)
