"""Statistics: how sure a result is, what drives it, whether it is fair. All of it is advice; no official number changes.

Pure functions: arrays in, a frozen result out. Each says its formula and where it comes from; what is random takes a
seed. Only this package uses scipy, and imports it where it is used, because loading it takes most of a second.
"""
