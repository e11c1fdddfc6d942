//! Keeps what an operation asks of DynamoDB.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::config::SharedInterceptor;
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::calls::{Call, Item};
use crate::site::Watch;

/// What was recorded.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// The calls, in their order.
    pub calls: Vec<Call>,
    /// The items that were read by their keys.
    pub read: Vec<Item>,
    /// Names of calls that no floor knows: a recording with one is of no use.
    pub unknown: Vec<&'static str>,
}

/// Records while it is told to, and costs a look otherwise.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Option<Recording>>>);

impl Recorder {
    /// Begins.
    pub fn start(&self) {
        *self.lock() = Some(Recording::default());
    }

    /// Ends.
    pub fn stop(&self) -> Recording {
        self.lock().take().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Recording>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Recorder {
    fn dynamodb(&self) -> SharedInterceptor {
        SharedInterceptor::new(self.clone())
    }
}

#[dyn_dispatch_hint]
impl Intercept for Recorder {
    fn name(&self) -> &'static str {
        "Recorder"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut recording = self.lock();
        let Some(recording) = recording.as_mut() else { return Ok(()) };
        let input = context.input();
        if let Some(input) = input.downcast_ref::<GetItemInput>() {
            recording.calls.push(Call::Get(input.clone()));
        } else if let Some(input) = input.downcast_ref::<QueryInput>() {
            recording.calls.push(Call::Query(input.clone()));
        } else if let Some(input) = input.downcast_ref::<UpdateItemInput>() {
            recording.calls.push(Call::Update(input.clone()));
        } else if let Some(input) = input.downcast_ref::<TransactWriteItemsInput>() {
            recording.calls.push(Call::Transact(input.clone()));
        } else {
            recording.unknown.push("a call that is none of GetItem, Query, UpdateItem and TransactWriteItems");
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut recording = self.lock();
        if let (Some(recording), Ok(output)) = (recording.as_mut(), context.output_or_error()) {
            let read = output.downcast_ref::<GetItemOutput>().and_then(GetItemOutput::item);
            recording.read.extend(read.cloned());
        }
        Ok(())
    }
}
