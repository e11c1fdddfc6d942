//! Everybody sees the figures.

use std::sync::Arc;

use axum::Router;

use crate::portal::Portal;

/// The pages.
pub fn routes() -> Router<Arc<Portal>> {
    Router::new()
}
