//! Which request a piece of work goes back to. Its trace goes along with the work, in AWS X-Ray's own form, and is written with the
//! notices that the work decides, so that whoever publishes them later can name it.
//!
//! Nobody hands it from call to call: like the meter of an invocation it belongs to the task that works.

use std::fmt;

tokio::task_local! {
    static CURRENT: Option<TraceHeader>;
}

/// The id of a trace: `1-`, eight hexadecimal digits for the second it began in, `-` and 24 that are random (AWS X-Ray developer
/// guide, "Tracing header").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TraceId(String);

impl TraceId {
    /// Reads an id. `None` for anything else, the id of no trace (all zeros) included.
    pub fn parse(text: &str) -> Option<Self> {
        let (second, random) = text.strip_prefix("1-")?.split_once('-')?;
        let is_id = is_hex(second, 8) && is_hex(random, 24) && random.bytes().any(|digit| digit != b'0');
        is_id.then(|| Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// What AWS's services hand on to each other about a trace (`X-Amzn-Trace-Id`). Shown, it is the header, with nothing in it but what
/// was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceHeader {
    root: TraceId,
    parent: Option<String>,
    sampled: Option<bool>,
}

/// Longer than any header of AWS's own.
const LONGEST: usize = 512;

impl TraceHeader {
    /// Reads a header. `None` where it names no trace; parts that are not understood are left out.
    pub fn parse(text: &str) -> Option<Self> {
        let part = |name: &str| {
            let parts = text.split(';').filter_map(|part| part.trim().split_once('='));
            parts.into_iter().find(|(named, _)| *named == name).map(|(_, value)| value)
        };
        if text.len() > LONGEST {
            return None;
        }
        Some(Self {
            root: TraceId::parse(part("Root")?)?,
            parent: part("Parent").filter(|parent| is_hex(parent, 16)).map(str::to_owned),
            sampled: match part("Sampled") {
                Some("1") => Some(true),
                Some("0") => Some(false),
                _ => None,
            },
        })
    }

    /// The trace.
    pub fn root(&self) -> &TraceId {
        &self.root
    }
}

impl fmt::Display for TraceHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Root={}", self.root)?;
        if let Some(parent) = &self.parent {
            write!(formatter, ";Parent={parent}")?;
        }
        match self.sampled {
            Some(sampled) => write!(formatter, ";Sampled={}", u8::from(sampled)),
            None => Ok(()),
        }
    }
}

/// Does some work as part of a trace, or of none.
pub async fn within<F: Future>(header: Option<TraceHeader>, work: F) -> F::Output {
    CURRENT.scope(header, work).await
}

/// The trace that the work under way is part of.
pub fn current() -> Option<TraceHeader> {
    CURRENT.try_with(Clone::clone).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "1-67891233-abcdef012345678912345678";

    #[test]
    fn a_header_reads_back_as_it_was_written_without_what_is_not_understood() {
        for (header, shown) in [
            (format!("Root={ROOT};Parent=463ac35c9f6413ad;Sampled=1"), None),
            (format!("Root={ROOT};Sampled=0"), None),
            (format!("Root={ROOT}"), None),
            (format!("Self=1-6-7; Root={ROOT} ;Parent=ZZ;Lineage=a:b;Sampled=?"), Some(format!("Root={ROOT}"))),
        ] {
            let read = TraceHeader::parse(&header).unwrap();
            assert_eq!(read.to_string(), shown.unwrap_or_else(|| header.clone()));
            assert_eq!(TraceHeader::parse(&read.to_string()), Some(read.clone()));
            assert_eq!(read.root().as_str(), ROOT);
        }
    }

    #[test]
    fn what_is_no_trace_of_aws_is_none() {
        let long = format!("{};Root={ROOT}", "x".repeat(LONGEST));
        for hostile in [
            "",
            "Root=",
            "Root=1-67891233-ABCDEF012345678912345678",
            "Root=1-67891233-abcdef0123456789123456789",
            "Root=1-67891233-00000000000000000000000",
            "Root=1-67891233-000000000000000000000000",
            "Root=2-67891233-abcdef012345678912345678",
            "Root=Trần Thị;Parent=463ac35c9f6413ad",
            "Root=1-67891233-abcdef01234567891234567\n",
            &long,
        ] {
            assert_eq!(TraceHeader::parse(hostile), None, "{hostile}");
        }
    }

    #[tokio::test]
    async fn work_is_part_of_the_trace_that_it_was_begun_in_and_of_no_other() {
        let header = TraceHeader::parse(&format!("Root={ROOT}"));
        assert_eq!(current(), None);
        let seen = within(header.clone(), async {
            let apart = within(None, async { current() }).await;
            let beside = futures::future::join_all([async { current() }]).await;
            (apart, beside, current())
        });
        assert_eq!(seen.await, (None, vec![header.clone()], header));
        assert_eq!(current(), None);
    }
}
