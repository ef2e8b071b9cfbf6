"""A draft's segments made into one picture and one sound."""
