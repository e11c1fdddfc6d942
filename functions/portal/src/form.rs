//! A form that is shown, for the first time or again with what was typed and what is wrong.

use crate::failure::Problem;
use crate::posted::Posted;

/// What stands in a form's fields, and what is wrong with them.
#[derive(Debug, Clone, Default)]
pub struct Form {
    posted: Posted,
    errors: Vec<(String, String)>,
}

impl Form {
    /// A form that holds what was sent.
    pub fn of(posted: Posted) -> Self {
        Self { posted, errors: Vec::new() }
    }

    /// Says that something is wrong with a field; an empty name is the whole form.
    pub fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push((field.to_owned(), message.into()));
    }

    /// Shows what the API says: beside the field where it names one that stands in the form under the same name, else above.
    pub fn refused(&mut self, problem: &Problem) {
        let field = problem.field.as_deref().unwrap_or_default();
        let message = match &problem.article {
            Some(article) => format!("{} ({article})", problem.detail),
            None => problem.detail.clone(),
        };
        self.wrong(field, message);
    }

    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.errors.is_empty()
    }

    /// What stands in a field.
    pub fn value(&self, field: &str) -> &str {
        self.posted.get(field)
    }

    /// Whether a box is ticked, or an option chosen.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.posted.has(field, value)
    }

    /// What is wrong with a field; empty where nothing is.
    pub fn error(&self, field: &str) -> &str {
        self.errors.iter().find(|(of, _)| of == field).map_or("", |(_, message)| message)
    }

    /// All that is wrong, in order: the field's name and the message.
    pub fn errors(&self) -> &[(String, String)] {
        &self.errors
    }

    /// What was sent.
    pub fn posted(&self) -> &Posted {
        &self.posted
    }
}
