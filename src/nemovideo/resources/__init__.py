"""One thin room a resource of the backend."""
