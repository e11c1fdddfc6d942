//! The pages, as people meet them.

mod skeleton;
mod submit;
