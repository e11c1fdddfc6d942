//! The pages, as people meet them.

mod follow;
mod skeleton;
mod submit;
