//! The pages, as people meet them.

mod follow;
mod officials;
mod skeleton;
mod submit;
