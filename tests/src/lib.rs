//! What crosses functions. The tests stand in `tests/`.
