"""The second engine: Spark, for appraisals that one machine does not hold. Optional, see docs/scale.md.

`portable` says which SQL a model may use, `translate` says it in Spark's words, `run` has Spark make the models. Only `run`
imports Spark, so that a machine without it can hold the SQL to the first two.
"""
