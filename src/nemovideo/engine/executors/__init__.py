"""Where renders run: this machine now; a Dask cluster may follow behind the same interface."""
