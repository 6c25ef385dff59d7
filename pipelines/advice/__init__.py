"""What the statistics make of a built cycle: how sure ranks and grades are, what drives them, whether panels agree.

Decides how the tables of a cycle become the arrays of `pipelines.statistics` (`study`) and what of their answers may be
seen: figures about a subject, a poll or a rater group with enough ballots, never a ballot and never a cell of counts.
Nothing here is official and nothing is stored; the same build always gives the same advice, because every seed is fixed.
A question takes the warehouse and a `Selection` and gives an Arrow table, as those of `pipelines.reads` do.
"""

CLEAR = 0.05
"""Below this a p says that a difference is more than chance."""
