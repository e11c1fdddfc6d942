//! Runs all of Đơn Thư on one machine, in one process: the tables, SNS, the HTTP API with its authorizer, streams and
//! schedules, all as `infra/template.yaml` describes them. For development and demonstration, on loopback only.

pub mod aws;
pub mod calculator;
pub mod clock;
pub mod dev;
pub mod engine;
pub mod folder;
pub mod functions;
pub mod gateway;
pub mod handlers;
pub mod in_process;
mod invocations;
pub mod issuer;
pub mod keys;
pub mod machine;
pub mod openapi;
pub mod options;
pub mod receipt_verifier;
pub mod run;
pub mod sample;
pub mod schedules;
pub mod seed;
pub mod sns;
pub mod streams;
pub mod template;
pub mod verifier;
