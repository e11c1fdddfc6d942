//! `cargo run`: all of Đơn Thư on this machine.

use std::cell::OnceCell;
use std::process::ExitCode;

use donthu_local::functions::{functions, shared};
use donthu_local::run::run;
use donthu_local::sample;
use donthu_local::seed::Reference;

/// The engine and the AWS client allocate so much that the system's allocator was a sixth of the sample's filling.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let built = OnceCell::new();
    run(
        async |parts| {
            let shared = built.get_or_init(|| shared(parts));
            let shared = shared.as_ref().map_err(ToString::to_string)?;
            let agencies = Reference::shipped()?.agencies.into_iter().map(|agency| agency.id.to_string()).collect();
            Ok(functions(parts, shared, agencies))
        },
        async |machine, options| match built.get() {
            Some(Ok(shared)) => sample::prepare(machine, options, shared).await,
            _ => Err("the functions were not built".into()),
        },
    )
    .await
}
