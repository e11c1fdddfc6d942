//! What command lines of this project have in common.

use clap::error::ContextKind;

/// What is wrong with a command line, in one line.
#[must_use]
pub fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    // What is missing stands in lines of its own below the first.
    let said: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let said = said.join(" ");
    let hint = match error.get(ContextKind::SuggestedArg) {
        Some(argument) => format!("; did you mean {argument}?"),
        None => String::new(),
    };
    format!("{}{hint} (--help lists the options)", said.trim_start_matches("error: "))
}
