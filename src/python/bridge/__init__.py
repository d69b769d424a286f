"""The Python half of Porthole: applications are called from here. Its other half is src/python/*.ts.

Only strings, whole numbers, octets and flat lists of them cross the border. What one side keeps for the other has a
number, so that nothing is leaked when nobody lets go of it: a proxy of a Python object that JavaScript forgets is never
collected.
"""
