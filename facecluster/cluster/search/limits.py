"""How far the search for near faces goes, and how much of it is done at once."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BlockSizes:
    """How much is worked on at once: memory against calls. No grouping should depend on these,
    but for the last bit of a float32 product. Set by the memory that they take; what a million
    faces then take is in docs/scale.md."""

    rows: int = 1024  # embeddings; 1024 x 100,000 distances are 400 MB
    columns: int = 16_384  # embeddings that `rows` are compared with: 64 MB for each thread
    tile: int = 2048  # side of a square block of pairs: 16 MB for each thread
    cell: int = 1 << 22  # similarities of one cell of the index: 16 MB for each thread
    queries: int = 1 << 17  # embeddings that an index is asked about
    new_pairs: int = 1 << 18  # pairs that may arrive, where there are too many to keep
    merges: int = 4096  # pairs of groups whose sums are compared: 8 MB
    photo_pairs: int = 1 << 18  # pairs of groups whose photos are compared
    photo_faces: int = 1 << 16  # embeddings that are compared inside their photos


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """From which size on the search is no longer exact, and what it then leaves out.

    Chosen on libraries of 10,000 to a million faces (docs/decisions/009-many-faces.md).

    Attributes
    ----------
    exact_faces : faces up to which all near pairs are found; above, an index may miss some.
    exact_comparisons : products of two embeddings up to which all nearest ones are found.
    pairs_per_face : near pairs of each face that are kept where there are too many.
    pairs_always : near pairs that are never too many; `pairs_per_face` for each are not either.
    probes : cells of the index that a face opens.
    first_probes : of the nearest cells, how many all faces open before the others, in two steps.
    cells_per_root : cells for each square root of the number of faces.
    faces_per_cell : faces for each cell that the centres of cells are learnt from.
    cell_rounds : rounds of k-means that the centres are learnt in.
    """

    exact_faces: int = 100_000
    exact_comparisons: int = 1_500_000_000
    pairs_per_face: int = 64
    pairs_always: int = 1 << 22
    probes: int = 24
    first_probes: tuple[int, ...] = (4, 16)
    cells_per_root: float = 2.0
    faces_per_cell: int = 40
    cell_rounds: int = 10
    blocks: BlockSizes = field(default_factory=BlockSizes)


DEFAULT_LIMITS = SearchLimits()
