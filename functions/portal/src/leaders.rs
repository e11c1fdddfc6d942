//! Leaders and inspectors see the province on one page.

use std::sync::Arc;

use axum::Router;

use crate::portal::Portal;

/// The pages.
pub fn routes() -> Router<Arc<Portal>> {
    Router::new()
}
