//! `cargo run`: all of Đơn Thư on this machine.

use std::process::ExitCode;

use donthu_local::handlers::Functions;
use donthu_local::run::run;

#[tokio::main]
async fn main() -> ExitCode {
    run(async |_| Ok(Functions::default()), async |_, _| Ok(())).await
}
