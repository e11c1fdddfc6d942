//! `donthu`: what an operator does with the tables of a province.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    donthu_operate::run::run(std::env::args_os()).await
}
