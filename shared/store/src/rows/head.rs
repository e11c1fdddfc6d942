//! The case head: the case itself in one attribute, and beside it what indexes, lists and conditions need.

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_domain::{Case, CaseId, CommandId, Kind};
use jiff::civil::Date;

use super::{Item, Reader, item_bytes, keyed, number, text, to_value};
use crate::error::StoreError;
use crate::keys::{self, Compartment, Shelf};
use crate::lookup::BodyHmac;

const CASE: &str = "case";
pub(crate) const VERSION: &str = "version";
const STEP: &str = "step";
const KIND: &str = "kind";
const STAGE: &str = "stage";
pub(crate) const CASE_NUMBER: &str = "case_number";
const RECEIVED_ON: &str = "received_on";
const DUE_ON: &str = "due_on";
const LAST_HASH: &str = "last_hash";
const LAST_COMMAND: &str = "last_command";
const BODY_HMAC: &str = "body_hmac";

/// Attributes that the index `by_agency` carries besides keys.
pub(crate) const LISTED: [&str; 6] = [CASE_NUMBER, KIND, STAGE, STEP, RECEIVED_ON, DUE_ON];

/// A head stays far below DynamoDB's 400 KB, since every read and write of a case pays for it.
const MAX_BYTES: usize = 100 * 1024;

/// A case as read, with what its next transition builds on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The case.
    pub case: Case,
    /// Hash of the newest journal entry: 64 lower-case hexadecimal digits.
    pub last_hash: String,
    /// The command that made the newest version.
    pub last_command: CommandId,
    /// HMAC of the submission's body; `None` where an official registered the case.
    pub body_hmac: Option<BodyHmac>,
}

/// A row of an agency's list, as the index carries it: what a list shows without reading each case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCase {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Its kind.
    pub kind: Kind,
    /// Its stage's code.
    pub stage: String,
    /// Its step.
    pub step: u64,
    /// Its legal receipt date; `None` before registration.
    pub received_on: Option<Date>,
    /// The earliest day on which something is due; `None` where nothing is owed or the clock stands still.
    pub due_on: Option<Date>,
}

/// A head to be written.
pub(crate) struct NewHead<'a> {
    pub(crate) case: &'a Case,
    pub(crate) last_hash: &'a str,
    pub(crate) last_command: &'a CommandId,
    pub(crate) body_hmac: Option<&'a BodyHmac>,
}

impl NewHead<'_> {
    pub(crate) fn to_item(&self) -> Result<Item, StoreError> {
        let case = self.case;
        let mut item = keyed(&keys::head(&case.id));
        let mut set = |name: &str, value: AttributeValue| {
            item.insert(name.to_owned(), value);
        };
        set(CASE, to_value("a case", case)?);
        set(VERSION, number(case.version));
        set(STEP, number(case.step));
        set(KIND, text(case.kind.code()));
        set(STAGE, text(case.stage.code()));
        set(CASE_NUMBER, text(&case.number));
        set(LAST_HASH, text(self.last_hash));
        set(LAST_COMMAND, text(self.last_command.as_str()));
        if let Some(hmac) = self.body_hmac {
            set(BODY_HMAC, text(hmac.as_str()));
        }
        if let Some(received_on) = case.received_on {
            set(RECEIVED_ON, text(received_on.to_string()));
        }
        let closed_on = case.closed_on();
        let due_on = case.due_on().filter(|_| closed_on.is_none());
        if let Some(due_on) = due_on {
            set(DUE_ON, text(due_on.to_string()));
        }
        if let Some(agency) = &case.agency {
            let shelf = closed_on.map_or(Shelf::Open, |day| Shelf::Closed(day.year()));
            set(keys::AG_PK, text(keys::agency_queue_pk(agency, Compartment::of(case.kind, agency), shelf)));
            set(keys::AG_SK, text(keys::agency_queue_sk(closed_on.or(due_on), &case.id)));
        }
        if let Some(at) = case.next_milestone_at() {
            set(keys::DUE_PK, text(keys::due_pk(keys::shard(&case.id))));
            set(keys::DUE_SK, text(keys::due_sk(at, &case.id)));
        }
        match item_bytes(&item) {
            found if found > MAX_BYTES => {
                Err(StoreError::TooLarge { what: "bytes of a case head", found, limit: MAX_BYTES })
            }
            _ => Ok(item),
        }
    }
}

impl Loaded {
    pub(crate) fn from_item(item: &Item) -> Result<Self, StoreError> {
        let reader = Reader::new(item);
        let case: Case = reader.value(CASE)?;
        if case.id != reader.case()? || case.version != reader.parsed::<u64>(VERSION)? {
            return Err(reader.malformed("the case differs from its key or version"));
        }
        Ok(Self {
            case,
            last_hash: reader.text(LAST_HASH)?.to_owned(),
            last_command: CommandId::new(reader.text(LAST_COMMAND)?),
            body_hmac: reader.optional_text(BODY_HMAC).map(BodyHmac::from_stored),
        })
    }
}

impl Loaded {
    /// The same, where every attribute beside the case is also what the case makes it: a wrong one would hide the case from
    /// its agency or from the sweep. The position among due cases only has to be there, since backing off moves it.
    pub(crate) fn audited(item: &Item) -> Result<Self, StoreError> {
        let loaded = Self::from_item(item)?;
        let head = NewHead {
            case: &loaded.case,
            last_hash: &loaded.last_hash,
            last_command: &loaded.last_command,
            body_hmac: loaded.body_hmac.as_ref(),
        };
        let made = head.to_item()?;
        let names = made.keys().chain(item.keys()).filter(|name| name.as_str() != CASE);
        for name in names {
            let (made, stored) = (made.get(name), item.get(name));
            let agrees = if name == keys::DUE_SK { made.is_some() == stored.is_some() } else { made == stored };
            if !agrees {
                return Err(Reader::new(item).malformed(&format!("{name} is not what the case makes it")));
            }
        }
        Ok(loaded)
    }
}

impl ListedCase {
    pub(crate) fn from_item(item: &Item) -> Result<Self, StoreError> {
        let reader = Reader::new(item);
        let kind = Kind::from_code(reader.text(KIND)?).ok_or_else(|| reader.malformed("unknown kind"))?;
        Ok(Self {
            id: reader.case()?,
            number: reader.text(CASE_NUMBER)?.to_owned(),
            kind,
            stage: reader.text(STAGE)?.to_owned(),
            step: reader.parsed(STEP)?,
            received_on: reader.optional(RECEIVED_ON)?,
            due_on: reader.optional(DUE_ON)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Case {
        let planned = r#"{"milestone":{"approaching":3},"at":"2026-03-09T01:00:00Z"}"#;
        let obligation = format!(
            r#"{{"rule":"C-R1","duty":"resolve","started_on":"2026-03-02","days":30,"unit":"calendar_days",
                "raw_end":"2026-04-01","due_on":"2026-04-01","plan":[{planned},{planned},{planned}]}}"#
        );
        let json = format!(
            r#"{{"id":"ecd20e24e3ebb49ea20aa795a6d48faa","number":"QN-HRE3-9XRV-HEYJ","kind":"complaint",
                "instance":"first","channel":"online","version":4,"step":4,"stage":"accepted",
                "acceptance":{{"on":"2026-03-02","document":null}},"submitted_at":"2026-03-02T02:00:00Z",
                "received_on":"2026-03-02","area":null,"remote":false,"field":null,
                "against":{{"agency":"so-xay-dung","position":"staff"}},
                "contact":{{"sms":true,"language":"vi","anonymous":false}},"agency":"so-xay-dung","handler":null,
                "transfers":0,"complexity":null,"withdrawal_requested_on":null,"resolutions":0,
                "obligations":[{obligation},{obligation},{obligation}]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_case_is_smaller_as_a_map_than_as_json() {
        let case = case();
        let map = Item::from([(CASE.to_owned(), to_value("a case", &case).unwrap())]);
        let json = Item::from([(CASE.to_owned(), text(serde_json::to_string(&case).unwrap()))]);
        let (map, json) = (item_bytes(&map), item_bytes(&json));
        assert!(map < json, "map {map}, JSON {json}");
    }

    #[test]
    fn a_head_reads_back_as_it_was_written() {
        let case = case();
        let head = Loaded {
            last_hash: "a".repeat(64),
            last_command: CommandId::from("accept"),
            body_hmac: Some(BodyHmac::from_stored("b")),
            case,
        };
        let item = NewHead {
            case: &head.case,
            last_hash: &head.last_hash,
            last_command: &head.last_command,
            body_hmac: head.body_hmac.as_ref(),
        };
        let mut item = item.to_item().unwrap();
        assert_eq!(Loaded::from_item(&item).unwrap(), head);

        assert_eq!(Loaded::audited(&item).unwrap(), head);
        item.insert(keys::DUE_SK.to_owned(), text("2030-01-01T00:00:00Z#a"));
        assert_eq!(Loaded::audited(&item).unwrap(), head, "it was put off");
        for (name, value) in [(keys::AG_PK, Some("AG#c21025#o#open")), (keys::DUE_PK, None), ("more", Some("x"))] {
            let mut altered = item.clone();
            match value {
                Some(value) => altered.insert(name.to_owned(), text(value)),
                None => altered.remove(name),
            };
            let error = Loaded::audited(&altered).unwrap_err();
            assert!(error.to_string().ends_with(&format!("{name} is not what the case makes it")), "{error}");
        }

        item.insert(VERSION.to_owned(), number(5));
        assert!(matches!(Loaded::from_item(&item), Err(StoreError::Malformed { .. })));
    }
}
