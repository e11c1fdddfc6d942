//! Counts what the functions ask of AWS, by function and table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::config::SharedInterceptor;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsOutput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemOutput;
use aws_sdk_dynamodb::types::ConsumedCapacity;
use aws_sdk_sns::operation::publish::PublishInput;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use donthu_service::reference::sorts;
use donthu_store::keys;
use rust_decimal::Decimal;

use crate::site::Watch;

/// The task of the audit that reads every case; counted apart, because it grows with the cases that there are.
pub const RECOUNT: &str = "recount";

/// Numbers of things that were asked of AWS. Averages are fractions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Invocations of functions, by logical id.
    pub invocations: BTreeMap<String, Decimal>,
    /// Calls that functions made, by their logical id.
    pub calls: BTreeMap<String, Decimal>,
    /// Read request units, by table.
    pub reads: BTreeMap<String, Decimal>,
    /// Write request units, by table.
    pub writes: BTreeMap<String, Decimal>,
    /// Requests to the HTTP API.
    pub api_requests: Decimal,
    /// Bytes of its answers' bodies.
    pub answer_bytes: Decimal,
    /// Notices to agencies.
    pub notices: Decimal,
    /// Short messages.
    pub short_messages: Decimal,
    /// Parts of short messages, as networks count them.
    pub short_message_parts: Decimal,
    /// Requests to symmetric KMS keys.
    pub kms_symmetric: Decimal,
    /// Signatures by KMS.
    pub kms_asymmetric: Decimal,
    /// Bytes that functions logged, metrics included.
    pub log_bytes: Decimal,
    /// Runs of schedules.
    pub schedule_runs: Decimal,
}

/// Applies a function to every number of two tallies.
fn zipped(one: &Tally, other: &Tally, with: impl Fn(Decimal, Decimal) -> Decimal) -> Tally {
    let maps = |one: &BTreeMap<String, Decimal>, other: &BTreeMap<String, Decimal>| {
        let names = one.keys().chain(other.keys());
        let of = |map: &BTreeMap<String, Decimal>, name: &String| map.get(name).copied().unwrap_or_default();
        names.map(|name| (name.clone(), with(of(one, name), of(other, name)))).collect()
    };
    Tally {
        invocations: maps(&one.invocations, &other.invocations),
        calls: maps(&one.calls, &other.calls),
        reads: maps(&one.reads, &other.reads),
        writes: maps(&one.writes, &other.writes),
        api_requests: with(one.api_requests, other.api_requests),
        answer_bytes: with(one.answer_bytes, other.answer_bytes),
        notices: with(one.notices, other.notices),
        short_messages: with(one.short_messages, other.short_messages),
        short_message_parts: with(one.short_message_parts, other.short_message_parts),
        kms_symmetric: with(one.kms_symmetric, other.kms_symmetric),
        kms_asymmetric: with(one.kms_asymmetric, other.kms_asymmetric),
        log_bytes: with(one.log_bytes, other.log_bytes),
        schedule_runs: with(one.schedule_runs, other.schedule_runs),
    }
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Tally) -> Tally {
        zipped(self, other, |one, other| one + other)
    }

    /// What this one has more; nothing where it has less.
    #[must_use]
    pub fn beyond(&self, other: &Tally) -> Tally {
        zipped(self, other, |one, other| (one - other).max(Decimal::ZERO))
    }

    /// So many times as much.
    #[must_use]
    pub fn times(&self, factor: Decimal) -> Tally {
        zipped(self, self, |one, _| one * factor)
    }

    /// A part of it: by `divisor`, which is not 0.
    #[must_use]
    pub fn divided(&self, divisor: Decimal) -> Tally {
        zipped(self, self, |one, _| one.checked_div(divisor).unwrap_or_default())
    }
}

#[derive(Debug, Default)]
struct Books {
    function: String,
    recounting: bool,
    all: Tally,
    recount: Tally,
    reference_reads: Decimal,
}

impl Books {
    fn tally(&mut self) -> &mut Tally {
        if self.recounting { &mut self.recount } else { &mut self.all }
    }
}

/// Counts. Clones count into the same books.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Arc<Mutex<Books>>);

impl Ledger {
    /// What was counted so far, recounts and reference data apart.
    pub fn all(&self) -> Tally {
        self.lock().all.clone()
    }

    /// What recounts asked for so far.
    pub fn recount(&self) -> Tally {
        self.lock().recount.clone()
    }

    /// Read units for reference data so far: each process reads them once a minute, whatever it is asked.
    pub fn reference_reads(&self) -> Decimal {
        self.lock().reference_reads
    }

    /// Counts a request to the HTTP API and what it answered.
    pub fn answered(&self, body: usize) {
        let mut books = self.lock();
        books.all.api_requests += Decimal::ONE;
        books.all.answer_bytes += Decimal::from(body);
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Ledger {
    fn dynamodb(&self) -> SharedInterceptor {
        SharedInterceptor::new(self.clone())
    }

    fn sns(&self) -> Option<SharedInterceptor> {
        Some(SharedInterceptor::new(self.clone()))
    }

    fn called(&self, function: &str, task: &str) {
        let mut books = self.lock();
        books.recounting = task == RECOUNT;
        function.clone_into(&mut books.function);
        let tally = books.tally();
        *tally.invocations.entry(function.to_owned()).or_default() += Decimal::ONE;
        if matches!(function, "DeadlinesFunction" | "AuditFunction") {
            tally.schedule_runs += Decimal::ONE;
        }
    }
}

#[dyn_dispatch_hint]
impl Intercept for Ledger {
    fn name(&self) -> &'static str {
        "Ledger"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut books = self.lock();
        let function = books.function.clone();
        if let Some(publish) = context.input().downcast_ref::<PublishInput>() {
            let tally = books.tally();
            match (publish.phone_number(), publish.message()) {
                (Some(_), Some(text)) => {
                    tally.short_messages += Decimal::ONE;
                    tally.short_message_parts += Decimal::from(short_message_parts(text));
                }
                _ => tally.notices += Decimal::ONE,
            }
        }
        if is_reference(context.input().downcast_ref::<QueryInput>()) {
            config.interceptor_state().store_put(OfReference);
        } else {
            *books.tally().calls.entry(function).or_default() += Decimal::ONE;
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else { return Ok(()) };
        let mut books = self.lock();
        macro_rules! count {
            ($into:ident: $($output:ty),+) => {
                $(if let Some(capacity) = output.downcast_ref::<$output>().and_then(|output| output.consumed_capacity()) {
                    if config.load::<OfReference>().is_some() {
                        books.reference_reads += units(capacity);
                    } else {
                        *books.tally().$into.entry(table(capacity)).or_default() += units(capacity);
                    }
                })+
            };
        }
        count!(reads: GetItemOutput, QueryOutput, ScanOutput);
        count!(writes: PutItemOutput, UpdateItemOutput);
        if let Some(transaction) = output.downcast_ref::<TransactWriteItemsOutput>() {
            for capacity in transaction.consumed_capacity() {
                *books.tally().writes.entry(table(capacity)).or_default() += units(capacity);
            }
        }
        Ok(())
    }
}

/// Marks a call as a look at the reference data.
#[derive(Debug)]
struct OfReference;

impl Storable for OfReference {
    type Storer = StoreReplace<Self>;
}

/// Whether it is a look at the reference data; the marks of the sweep, which stand there too, are its own.
fn is_reference(query: Option<&QueryInput>) -> bool {
    let pk = query.and_then(|query| query.expression_attribute_values()?.get(":pk")?.as_s().ok());
    pk.is_some_and(|pk| pk.starts_with(keys::REFERENCE_PREFIX) && *pk != keys::reference_pk(sorts::CALENDAR))
}

fn table(capacity: &ConsumedCapacity) -> String {
    capacity.table_name().unwrap_or_default().to_owned()
}

/// Units come as halves, which floats hold exactly.
fn units(capacity: &ConsumedCapacity) -> Decimal {
    capacity.capacity_units().and_then(|units| Decimal::try_from(units).ok()).unwrap_or_default()
}

/// How many parts a short message has: 160 letters of GSM's alphabet in one and 153 in each of several, or 70 and 67 of all others.
#[must_use]
pub fn short_message_parts(text: &str) -> usize {
    const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    let (whole, each, letters) = if text.chars().all(|letter| GSM.contains(letter)) {
        (160, 153, text.chars().count())
    } else {
        (70, 67, text.encode_utf16().count())
    };
    if letters <= whole { 1 } else { letters.div_ceil(each) }
}
