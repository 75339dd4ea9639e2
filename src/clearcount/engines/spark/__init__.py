"""The same matcher on a Spark cluster: each task reads a part of the store's files itself and counts it.

What a task finds stays on the cluster. To this process come counts that Spark grouped, and the hits: no text, and no
list of records. The parts of a store hold whole occurrences, so a task decides by itself which of its records count.
It does so with the code of the local engine. Spark only adds up.
"""

from clearcount.engines.spark.running import ENGINE

__all__ = ["ENGINE"]
