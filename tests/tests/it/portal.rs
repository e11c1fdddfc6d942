//! The pages, as people meet them.

mod figures;
mod follow;
mod officials;
mod skeleton;
mod submit;
