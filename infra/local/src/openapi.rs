//! The description of the whole HTTP API (OpenAPI 3.1), put together from what each function says of its routes.

use std::path::PathBuf;

use clap::Args;
use donthu_service::openapi::Ambiguous;

use crate::handlers::BoxError;

/// Print the description of the HTTP API: `openapi`, or `openapi infra/openapi.json` to rewrite the file that is handed out.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// The file to write; standard output where left out
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Why there is no description.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// Two functions mean different things by one name.
    #[error(transparent)]
    Ambiguous(#[from] Ambiguous),
    /// It cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// The description as JSON, the same bytes for the same routes.
///
/// # Errors
/// [`DescriptionError`].
pub fn document() -> Result<String, DescriptionError> {
    let functions = [
        donthu_intake::api(),
        donthu_follow::api(),
        donthu_casework::api(),
        donthu_custody::api(),
        donthu_statistics::api(),
    ];
    let document = donthu_service::openapi::document(functions)?;
    // By way of a value, whose keys are sorted.
    let mut text = serde_json::to_string_pretty(&serde_json::to_value(document)?)?;
    text.push('\n');
    Ok(text)
}

/// Writes the description where it is wanted; gives what is to be printed.
///
/// # Errors
/// Where there is none, or the file cannot be written.
pub fn answer(asked: &Asked) -> Result<String, BoxError> {
    let document = document()?;
    let Some(file) = &asked.file else { return Ok(document) };
    std::fs::write(file, document).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(String::new())
}
