//! The built program, run as its own process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;

/// The program, not yet started.
pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_donthu-local"))
}

/// The program while it serves.
pub struct Running {
    child: Child,
    port: u16,
}

impl Running {
    /// Starts it on a folder, without the sample, at 5 October 2026, and waits for its line.
    pub fn start(folder: &Path) -> Self {
        Self::start_at(folder, "2026-10-05T02:00:00Z")
    }

    /// The same at another instant.
    pub fn start_at(folder: &Path, at: &str) -> Self {
        Self::serve(folder, &["--no-sample", "--at", at]).0
    }

    /// Starts it on a folder that is filled, as the user does who types no option.
    pub fn restart(folder: &Path) -> Self {
        let (running, printed) = Self::serve(folder, &[]);
        assert_eq!(printed, "", "a filled folder is served at once");
        running
    }

    /// Fills a folder with the sample year before an instant, and returns what was printed before the line.
    pub fn start_with_sample(folder: &Path, at: &str) -> (Self, String) {
        Self::serve(folder, &["--at", at])
    }

    fn serve(folder: &Path, arguments: &[&str]) -> (Self, String) {
        let mut child = program()
            .args(["--port", "0", "--data"])
            .arg(folder)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut running = Self { child, port: 0 };
        let mut before = String::new();
        for line in lines {
            let line = line.unwrap();
            if let Some(port) = line.strip_prefix("Đơn Thư is ready: http://127.0.0.1:") {
                running.port = port.parse().unwrap();
                return (running, before);
            }
            before += &line;
            before.push('\n');
        }
        panic!("the program ended before it was ready: {before}");
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Asks it over HTTP.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> (u16, Value) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n", self.port);
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += &format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Kills it where it stands.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Presses Ctrl-C and waits for its end.
    pub fn interrupt(mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone where a test ended it; then both calls only say so.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
