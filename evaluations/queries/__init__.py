"""The only reads of any size: a scoped queryset in, a list or a frame with named columns out."""
