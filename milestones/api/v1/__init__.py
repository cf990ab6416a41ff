"""The first version of the API: a file a noun."""
