"""The words of docs/scale.md."""

from __future__ import annotations

TITLE = "# From ten thousand faces to a million\n"
WHAT = """\
What grouping costs as a library grows, and what becomes of the groups. There is no public library
of a million faces with names that could be used here, so the faces are made up
(`python -m benchmarks.scale`), around real ones: those of Labeled Faces in the Wild (lfw) and of
pins44 as the shipped model sees them.
"""
STAND_INS = "**These figures were made without real faces: seeded vectors stand in for them.**\n"
MADE = """\
## The faces

A made-up person is a centre and a spread (`benchmarks/scale/synthetic.py`). Centres are drawn from
a mixture of normal distributions, fitted to one good face of each person of lfw; the variance
within people is taken off it, so that centre and spread together vary as single faces do. The
spread is that of a real person with ten photos or more, the donor, from lfw and pins44 in equal
parts. Each face takes the distance from the donor's mean and the quality of one of the donor's
faces, so that outliers and poor faces come as often and as far off as they do, and a direction
between that of this face and a random one among the directions in which the donor's faces vary.
Faces of a donor that are nearer to the mean of somebody else are left out, since most of them have
the wrong name.

In a library (`benchmarks/scale/crowds.py`) {photos} % of the photos show 1 / 2 / 3 / 4 / 5 faces,
nobody twice in one; {poor:.0f} % of the faces are poor ones in the background, each of somebody who
has no other face. Faces come in an order by chance (seed {seed}).

![Distances of real and made-up faces, within and between people]({plot})

Cosine distances, as quantiles within people and as shares of the pairs of different people within
the distances of the model's table of false accepts. Donors are compared with made-up people who
have as many faces each; the last rows are good and poor faces of a poured library of {drawn:,}.
Dashes stand for less than ten pairs.
"""
DIFFERS = """\
What still differs: at the far end fewer made-up strangers are that near than real ones, below
rates of 1e-5 by far; some of the real pairs there are one person under two names, but not all need
be. Between 1e-2 and 1e-3 up to half as many more are. Real people have a few pictures that are
nearly the same, made-up ones have not. Poor faces of strangers come near each other less often than
real ones do. The people of one photo are drawn by chance; in a family album they are alike.
"""
GROWS = """\
## Two ways to grow

A library can grow in two ways, and both are measured. *Grown*: one collection goes on; the same
people are seen again and new ones turn up ever more rarely. Whom the next face shows follows the
process of Pitman and Yor (Annals of Probability 25(2), 1997) with a discount of {discount:g} and a
strength of {strength:g}: the number of people grows as n^{discount:g}, everybody's share of the
faces stays about what it is, and so the pairs of one person grow with the square of the faces.
*Poured*: many collections of strangers come together, as in an archive. The chance that a person
has s faces falls as s^-{exponent:g}, up to {largest}, at any size: ten times the faces are ten
times the people. There the number of strangers grows as fast as the library while nobody is seen
more often, which is as hard as it gets: each face has ten times as many strangers that could be
taken for it, and no more pictures of its own person to tell by. Either way the people of a smaller
library are among those of a larger one; their faces are drawn anew. All of the table is about the
{known:.0f} % of the faces that are not poor ones in the background.
"""
RUN = """\
## Time, memory and groups

Every method and size runs in a process of its own with its default settings, on faces that are in
memory already ({machine}, {cores} of them to be used). The default method, in bold, is run on both
kinds of library, the others on those that are {first}, up to {most:,} faces. Seconds are those of
the grouping alone, the peak that of the whole process, Python and the faces included. More than
{limit:.0f} seconds are too many. All faces are judged; one that was not placed counts as a person
of its own, and the share that was placed leaves out the poor faces in the background. People found
are groups in two photos or more, of all the people with so many. The power is that from the size
above to this one.
"""
NEAR = """\
## Neighbours

For libraries that are {first}: which of the pairs that are truly within the distance of the default
method's first pass the graph of neighbours holds, for some faces against all others
(`benchmarks/scale/neighbour_recall.py`). Sizes marked as forced are small enough for the exact
graph; the index for larger ones is measured on them all the same.
"""
AGREE = """\
## The forms of a method

The groups of the forms for many faces beside those of the exact form, on about 10,000 good faces,
made up ({first}) or of lfw and pins44 together: average linkage by scikit-learn from the full
matrix, HDBSCAN by the package `hdbscan` from all pairs, k-means with every face in every step. The
sparse graph is that of all near pairs, that of an index may miss some. Noise counts as groups of
one.

The row of k-means is of another kind: mini-batches (Sculley, WWW 2010) and Lloyd's full steps, from
the same centres, are two searches that end in different places, not two ways to the same result.
How far each is from the truth is in the table further up.
"""
