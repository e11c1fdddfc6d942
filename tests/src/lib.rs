//! donthu-tests
