//! donthu-statistics
