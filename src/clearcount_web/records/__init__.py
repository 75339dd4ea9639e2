"""The data room: exports that lie in the inbox, imports, snapshots, and published answers counted again."""
