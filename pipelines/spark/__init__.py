"""The second engine: Spark, for appraisals that one machine does not hold. Optional, see docs/scale.md.

`portable` says which SQL a model may use, `translate` says it in Spark's words, `run` has Spark make the models. Only `run`
imports Spark, so that a machine without it can hold the SQL to the first two.
"""

import warnings

# Spark warns of the installed pandas when it is imported; no data pass through pandas here.
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
