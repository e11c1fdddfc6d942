//! donthu-audit
