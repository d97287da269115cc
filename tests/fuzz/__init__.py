"""Readers of files from outside, fed with damaged ones: each gives a result or a FaceclusterError.

`make ci` runs a fixed number for each target, `make fuzz` new ones for MINUTES.
"""
