//! The real functions, built for the parts of this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use donthu_audit::AuditTask;
use donthu_portal::{OpenId, Portal, Sealer};
use donthu_service::clock::RandomIds;
use donthu_service::metrics::Metrics;
use donthu_service::publisher::Publisher;
use donthu_service::reference::ReferenceCache;
use donthu_service::{App, Law};
use donthu_store::signing::{FileSigner, ReceiptSigner};
use donthu_store::{FileKeyring, Keyring, Retries, Store, Tables};
use serde_json::json;

use crate::handlers::{BoxError, Functions};
use crate::invocations::invocation;
use crate::issuer::AUDIENCE;
use crate::machine::{Parts, random_secret};
use crate::template::Template;

/// The key file in the data folder.
pub(crate) const KEYRING_FILE: &str = "keyring.json";

/// The file of the key that signs receipts, in the data folder.
pub(crate) const RECEIPT_KEY_FILE: &str = "receipt-key.json";

/// What the functions share on this machine. On AWS each has its own.
pub struct Shared {
    /// The store, the law, the clock.
    pub app: Arc<App>,
    /// While the sample is filled the weekly recount of all is left out; it runs once at the end.
    pub filling: Arc<AtomicBool>,
}

/// Builds what the functions share from the machine's parts.
///
/// # Errors
/// Where a file of keys can't be used or the template lacks a name.
pub fn shared(parts: &Parts) -> Result<Shared, BoxError> {
    shared_with(parts, Retries::default())
}

/// As [`shared`], with other numbers for trying again.
///
/// # Errors
/// As [`shared`].
pub fn shared_with(parts: &Parts, retries: Retries) -> Result<Shared, BoxError> {
    let keyring = FileKeyring::open_or_create(&parts.folder.join(KEYRING_FILE))?;
    let signer = FileSigner::open_or_create(&parts.folder.join(RECEIPT_KEY_FILE))?;
    shared_on(parts, retries, Arc::new(keyring), Arc::new(signer))
}

/// As [`shared_with`], with keys from elsewhere than the data folder.
///
/// # Errors
/// Where the template lacks a name.
pub fn shared_on(
    parts: &Parts,
    retries: Retries,
    keyring: Arc<dyn Keyring>,
    signer: Arc<dyn ReceiptSigner>,
) -> Result<Shared, BoxError> {
    let province =
        parts.template.functions.values().find_map(|environment| environment.get("DONTHU_PROVINCE")).cloned();
    let app = App {
        store: Store::new(parts.dynamodb.config().to_builder(), tables(&parts.template)?, keyring, retries),
        law: Law::shipped()?,
        reference: ReferenceCache::default(),
        signer,
        publisher: Publisher::new(parts.sns.clone(), parts.template.topic()?),
        clock: parts.clock.clone(),
        ids: Arc::new(RandomIds),
        province: province.ok_or("the template names no province")?,
        metrics: Metrics::unheard(),
        visitors: Some(parts.visitors.clone()),
    };
    Ok(Shared { app: Arc::new(app), filling: Arc::new(AtomicBool::new(false)) })
}

/// The store's tables, as the template names them.
pub(crate) fn tables(template: &Template) -> Result<Tables, BoxError> {
    let table = |id: &str| {
        let table = template.tables.get(id).ok_or_else(|| format!("the template has no table {id}"))?;
        Ok::<_, BoxError>(table.name.clone())
    };
    Ok(Tables {
        cases: table("CasesTable")?,
        journal: table("JournalTable")?,
        vault: table("VaultTable")?,
        limits: table("LimitsTable")?,
    })
}

/// The functions by their logical ids in the template.
pub fn functions(parts: &Parts, shared: &Shared, agencies: Vec<String>) -> Functions {
    functions_on(parts, |_| shared.app.clone(), &shared.filling, agencies)
}

/// The portal for this machine: officials sign in at the machine's own provider, and the API is called within the process.
#[must_use]
pub fn portal(parts: &Parts) -> Portal {
    Portal {
        upstream: Arc::new(parts.api.clone()),
        sealer: Sealer::new(&random_secret()),
        visitor_key: parts.visitors.clone(),
        open_id: OpenId { provider: "/dev".to_owned(), client: AUDIENCE.to_owned() },
        clock: parts.clock.clone(),
        ids: Arc::new(RandomIds),
        development: true,
    }
}

/// As [`functions`], each on what it is given by its logical id: its own, as on AWS, or what all share.
pub fn functions_on(
    parts: &Parts,
    app: impl Fn(&str) -> Arc<App>,
    filling: &Arc<AtomicBool>,
    agencies: Vec<String>,
) -> Functions {
    let (assignment, notifications) = (app("AssignmentFunction"), app("NotificationsFunction"));
    let (deadlines, audit) = (app("DeadlinesFunction"), app("AuditFunction"));
    let (filling, sweeps) = (filling.clone(), filling.clone());
    Functions::default()
        .agencies(move |id| agencies.iter().any(|agency| agency == id))
        .http("IntakeFunction", donthu_intake::router(app("IntakeFunction")))
        .http("FollowFunction", donthu_follow::router(app("FollowFunction")))
        .http("CaseworkFunction", donthu_casework::router(app("CaseworkFunction")))
        .http("CustodyFunction", donthu_custody::router(app("CustodyFunction")))
        .http("PortalFunction", donthu_portal::router(Arc::new(portal(parts))))
        .http("StatisticsFunction", donthu_statistics::router(app("StatisticsFunction")))
        .stream("AssignmentFunction", move |event| {
            let app = assignment.clone();
            async move { invocation("assignment", app.clock.now()).run(donthu_assignment::handle(&app, event)).await }
        })
        .stream("NotificationsFunction", move |event| {
            let app = notifications.clone();
            async move { invocation("notifications", app.clock.now()).run(donthu_notifications::handle(&app, event)).await }
        })
        .schedule("DeadlinesFunction", move |_| {
            let (app, filling) = (deadlines.clone(), sweeps.clone());
            async move {
                // Milestones fall at midnight and at eight: in a replay the sweep at eight finds both, before people work.
                let hour = donthu_domain::time::VIETNAM.to_datetime(app.clock.now()).hour();
                if filling.load(Ordering::Relaxed) && hour != 8 {
                    return Ok(json!({ "left_out": "the sample is being filled" }));
                }
                let sweep = donthu_deadlines::handle(&app, donthu_deadlines::LONGEST_RUN);
                let summary = invocation("deadlines", app.clock.now()).run(sweep).await?;
                Ok::<_, BoxError>(serde_json::to_value(summary)?)
            }
        })
        .schedule("AuditFunction", move |input| {
            let (app, filling) = (audit.clone(), filling.clone());
            async move {
                let task: AuditTask = serde_json::from_value(input)?;
                // A month is over on the first day of the next one; on other days nothing is left to be sealed. The days of the
                // journal are sealed together then: late, which is as good.
                let first = donthu_domain::time::local_date(app.clock.now()).day() == 1;
                if (task == AuditTask::Recount || !first) && filling.load(Ordering::Relaxed) {
                    return Ok(json!({ "left_out": "the sample is being filled" }));
                }
                let summary = invocation("audit", app.clock.now()).run(donthu_audit::handle(&app, task)).await?;
                Ok::<_, BoxError>(serde_json::to_value(summary)?)
            }
        })
}
