"""The transparency log: commitments, Merkle tree, signed checkpoints, proofs, and the checks an outsider can run.

This folder imports nothing else of ours, so that anyone can copy it beside their own code and verify a proof with
``python -m record.verify``. Checking needs only the ``cryptography`` package; making entries also needs ``rfc8785``.
Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof and tlog-policy over the tree of
RFC 6962; ``docs/record-format.md`` says which parts are ours.
"""
