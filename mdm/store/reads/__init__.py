"""The statements behind everything that is read one thing at a time; `mdm.reading` calls them.

Each function's first argument is a transaction, so that one answer is one moment of the store.
"""
