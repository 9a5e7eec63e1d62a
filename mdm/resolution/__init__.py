"""The flow: ingest, train, resolve, publish; one module a stage."""
