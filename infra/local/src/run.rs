//! The program around the machine: command line, messages, signals, exit codes.

use std::io::Write;
use std::process::ExitCode;

use donthu_operate::exit::{exit, tell};
use tracing_subscriber::EnvFilter;

use crate::calculator;
use crate::handlers::{BoxError, Functions};
use crate::keys;
use crate::machine::{Machine, MachineError, Parts};
use crate::openapi;
use crate::options::{self, Asked, Options};
use crate::receipt_verifier;
use crate::sample;
use crate::template::TEMPLATE;
use crate::verifier;

/// Runs the program. `build` makes the functions; `prepare` fills a new data folder before anything is served.
pub async fn run<B, P>(build: B, prepare: P) -> ExitCode
where
    B: AsyncFnOnce(&Parts) -> Result<Functions, BoxError>,
    P: AsyncFnOnce(&Machine, &Options) -> Result<(), BoxError>,
{
    let options = match options::read(std::env::args_os()) {
        Asked::Run(options) => options,
        Asked::Deadline(asked) => return exit(print(calculator::answer(&asked).map_err(Into::into))),
        Asked::VerifyJournal(asked) => return tell(verifier::verify_journal(&asked).await),
        Asked::VerifyProof(asked) => return tell(verifier::verify_proof(&asked)),
        Asked::VerifyReceipt(asked) => return tell(receipt_verifier::verify(&asked)),
        Asked::Openapi(asked) => return exit(print(openapi::answer(&asked))),
        Asked::Keys(asked) => {
            log_to_stderr();
            return exit(print(keys::answer(&asked).await));
        }
        Asked::Print(text) => return exit(write!(std::io::stdout(), "{text}").map_err(Into::into)),
        Asked::Refuse(line) => return exit(Err(line.into())),
    };
    exit(serve(&options, build, prepare).await)
}

fn print(answer: Result<String, BoxError>) -> Result<(), BoxError> {
    Ok(write!(std::io::stdout(), "{}", answer?)?)
}

async fn serve<B, P>(options: &Options, build: B, prepare: P) -> Result<(), BoxError>
where
    B: AsyncFnOnce(&Parts) -> Result<Functions, BoxError>,
    P: AsyncFnOnce(&Machine, &Options) -> Result<(), BoxError>,
{
    log_to_stderr();
    let mut stop = Box::pin(stop_signal()?);
    sample::refuse_too_early(options)?;
    let machine = Machine::start(options, TEMPLATE, build).await?;
    writeln!(
        std::io::stderr(),
        "DEVELOPMENT ONLY: this machine signs in anyone who asks and keeps its keys in a plain folder. \
         It listens on 127.0.0.1; never put it on the internet."
    )?;
    writeln!(std::io::stderr(), "The tables, for `donthu --endpoint-url`: {}", machine.engine().endpoint())?;
    if machine.clock_was_known() && options.at.is_some() {
        writeln!(
            std::io::stderr(),
            "The data folder has a clock already, at {}; --at is for a new folder.",
            donthu_domain::time::rfc3339(machine.world().clock().now())
        )?;
    }
    tokio::select! {
        // A filling that has come to its end is never called stopped.
        biased;
        prepared = prepare(&machine, options) => prepared?,
        // Half a filling is no data folder, so nothing of it is finished in good order.
        () = &mut stop => {
            let folder = options.data.display();
            return Err(format!("the filling of {folder} was stopped; remove the folder and start again").into());
        }
    }
    writeln!(std::io::stdout(), "Đơn Thư is ready: http://{}", machine.address())?;
    std::io::stdout().flush()?;
    machine.serve(stop).await.map_err(|error: MachineError| error.into())
}

/// Warnings and errors, or what `RUST_LOG` asks for. The engine warns of every failed condition, which is no news here.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,dynoxide=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Resolves on Ctrl-C, and on Unix on SIGTERM. The handlers stand from the call on, before it is awaited.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, BoxError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            // Without a handler there is no orderly stop; the process then ends as a killed one does.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}
