//! What DynamoDB was asked and what it cost: every attempt counted by operation, every capacity unit added up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::scan::{ScanInput, ScanOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
    BeforeTransmitInterceptorContextRef, Input, Output,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

tokio::task_local! {
    static ALSO: Meter;
}

/// Requests and capacity since the meter was made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// Requests sent, by operation, each attempt counted.
    pub requests: BTreeMap<String, u64>,
    /// Items of the transactions among them (DynamoDB allows 100 in one).
    pub transaction_items: u64,
    /// Read capacity units (AWS bills reads by these; half units exist).
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
}

impl Usage {
    /// Requests of every operation together.
    pub fn total_requests(&self) -> u64 {
        self.requests.values().sum()
    }

    /// Requests of one operation, by AWS's name for it, e.g. `GetItem`.
    pub fn of(&self, operation: &str) -> u64 {
        self.requests.get(operation).copied().unwrap_or(0)
    }

    /// What was used since an earlier snapshot of the same meter; operations not asked since are left out.
    #[must_use]
    pub fn since(&self, earlier: &Usage) -> Usage {
        let requests = self
            .requests
            .iter()
            .map(|(operation, count)| (operation.clone(), count.saturating_sub(earlier.of(operation))))
            .filter(|(_, count)| *count > 0)
            .collect();
        Usage {
            requests,
            transaction_items: self.transaction_items.saturating_sub(earlier.transaction_items),
            read_units: self.read_units - earlier.read_units,
            write_units: self.write_units - earlier.write_units,
        }
    }
}

/// Counts a client's requests. Clones count into the same place.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    usage: Arc<Mutex<Usage>>,
}

impl Meter {
    /// A meter at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was used so far.
    pub fn snapshot(&self) -> Usage {
        self.lock().clone()
    }

    /// Does some work, and counts on this meter what the work asks of DynamoDB, beside the client's own meter: what one invocation
    /// costs, also where several run at a time.
    pub async fn metered<F: Future>(&self, work: F) -> F::Output {
        ALSO.scope(self.clone(), work).await
    }

    fn count(&self, counted: impl Fn(&mut Usage)) {
        counted(&mut self.lock());
        // Without one nobody asked.
        ALSO.try_with(|also| counted(&mut also.lock())).ok();
    }

    fn lock(&self) -> MutexGuard<'_, Usage> {
        // A panic elsewhere leaves numbers that are still numbers.
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[dyn_dispatch_hint]
impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        ask_for_capacity(context.input_mut());
        // Once for each call, which is once for each attempt: transactions are not repeated by the SDK.
        if let Some(transaction) = context.input().downcast_ref::<TransactWriteItemsInput>() {
            let items = u64::try_from(transaction.transact_items().len()).unwrap_or(u64::MAX);
            self.count(|usage| usage.transaction_items = usage.transaction_items.saturating_add(items));
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(metadata) = config.load::<Metadata>() {
            self.count(|usage| *usage.requests.entry(metadata.name().to_owned()).or_default() += 1);
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Ok(output) = context.output_or_error() {
            let (read, write) = capacity(output);
            self.count(|usage| {
                usage.read_units += read;
                usage.write_units += write;
            });
        }
        Ok(())
    }
}

/// AWS reports capacity only where it is asked to.
fn ask_for_capacity(input: &mut Input) {
    macro_rules! ask {
        ($($input:ty),+ $(,)?) => {
            $(if let Some(input) = input.downcast_mut::<$input>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
            })+
        };
    }
    ask!(GetItemInput, QueryInput, ScanInput, PutItemInput, UpdateItemInput, DeleteItemInput, TransactWriteItemsInput,);
}

/// Read and write units of an answer.
fn capacity(output: &Output) -> (f64, f64) {
    fn units(capacity: Option<&ConsumedCapacity>) -> f64 {
        capacity.and_then(ConsumedCapacity::capacity_units).unwrap_or(0.0)
    }
    macro_rules! first {
        ($($output:ty),+ $(,)?) => {
            None$(.or_else(|| output.downcast_ref::<$output>().map(|output| units(output.consumed_capacity()))))+
        };
    }
    if let Some(read) = first!(GetItemOutput, QueryOutput, ScanOutput) {
        return (read, 0.0);
    }
    if let Some(write) = first!(PutItemOutput, UpdateItemOutput, DeleteItemOutput) {
        return (0.0, write);
    }
    let Some(transaction) = output.downcast_ref::<TransactWriteItemsOutput>() else { return (0.0, 0.0) };
    // A transaction repeated under its token is billed as reads, and says so.
    transaction.consumed_capacity().iter().fold((0.0, 0.0), |(read, write), table| {
        match (table.read_capacity_units(), table.write_capacity_units()) {
            (None, None) => (read, write + units(Some(table))),
            (reads, writes) => (read + reads.unwrap_or(0.0), write + writes.unwrap_or(0.0)),
        }
    })
}
