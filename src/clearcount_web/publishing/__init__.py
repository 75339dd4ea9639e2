"""The staff side of publishing: a bundle is verified against its records, sealed, copied out, and then watched."""
