//! The pages, as people meet them.

mod officials;
mod skeleton;
