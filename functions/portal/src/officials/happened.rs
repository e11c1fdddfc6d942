//! What happened in a case, in words: its journal, and what somebody else did while a form was being filled in.

use donthu_domain::{Actor, Event, Kind, Side, changes_step};
use donthu_service::messages::choices;
use serde::Deserialize;

use super::names::{self, Names};
use crate::words::Words;

/// A case's journal as the API tells it.
#[derive(Debug, Deserialize)]
pub struct Journal {
    /// Its entries, oldest first.
    pub entries: Vec<Entry>,
}

/// An entry of a journal.
#[derive(Debug, Deserialize)]
pub struct Entry {
    at: String,
    actor: Actor,
    basis: Vec<String>,
    events: Vec<Event>,
}

/// An entry as a page shows it.
#[derive(Debug)]
pub struct Happening {
    /// When, with offset.
    pub at: String,
    /// The same as people write it.
    pub when: String,
    /// Who, by office.
    pub who: String,
    /// What, a line each.
    pub what: Vec<String>,
    /// The articles.
    pub basis: String,
}

impl Journal {
    /// Everything that people or the system did, newest first. Entries of the count of limits alone are left out: the limits
    /// themselves are told with the case.
    pub fn told(&self, kind: Kind, names: &Names, w: Words) -> Vec<Happening> {
        let told = self.entries.iter().rev().map(|entry| entry.told(kind, names, w));
        told.filter(|happening| !happening.what.is_empty()).collect()
    }

    /// The last changes of what officials decide on, oldest first: as many as the steps that lie between two versions.
    pub fn last_changes(&self, how_many: usize, kind: Kind, names: &Names, w: Words) -> Vec<Happening> {
        let changes = self.entries.iter().rev().filter(|entry| entry.events.iter().any(changes_step));
        let mut last: Vec<Happening> = changes.take(how_many).map(|entry| entry.told(kind, names, w)).collect();
        last.reverse();
        for happening in last.iter_mut().filter(|happening| happening.what.is_empty()) {
            happening.what.push(w.t("Thời hạn được tính lại", "Limits were counted anew").to_owned());
        }
        last
    }
}

impl Entry {
    fn told(&self, kind: Kind, names: &Names, w: Words) -> Happening {
        Happening {
            at: self.at.clone(),
            when: w.moment(&self.at),
            who: who(&self.actor, names, w),
            what: self.events.iter().filter_map(|event| what(event, kind, names, w)).collect(),
            basis: self.basis.join("; "),
        }
    }
}

fn who(actor: &Actor, names: &Names, w: Words) -> String {
    match actor {
        Actor::Citizen => w.t("Người nộp đơn", "The petitioner").to_owned(),
        Actor::System => w.t("Hệ thống", "The system").to_owned(),
        Actor::Official { agency, roles, .. } => {
            let roles: Vec<&str> = roles.iter().map(|role| w.role(*role)).collect();
            format!("{} ({})", names.of(agency.as_str()), roles.join(", "))
        }
    }
}

/// One thing that happened; none for what is shown elsewhere: limits, and what only machines need.
fn what(event: &Event, kind: Kind, names: &Names, w: Words) -> Option<String> {
    let (language, say) = (w.0, |vi: &str, en: &str| Some(w.t(vi, en).to_owned()));
    let with = |vi: &str, en: &str, more: String| Some(format!("{}: {more}", w.t(vi, en)));
    let step = |noun: &str| names::step(noun, w).map(ToOwned::to_owned);
    match event {
        Event::Submitted { channel, .. } => {
            with("Đơn đến", "The petition came in", names::channel(*channel, w).to_owned())
        }
        Event::Assigned { to, .. } => with("Giao cho", "Given to", names.of(to.as_str())),
        Event::HandlerNamed { handler } => with("Phân công người thụ lý", "Handler named", handler.to_string()),
        Event::DenouncedNamed { .. } => say("Xác định người bị tố cáo", "The denounced were named"),
        Event::FormalisationAwaited => say("Chờ người nộp đơn ký đơn", "Waits for the petitioner's signature"),
        Event::Registered { received_on } => with("Vào sổ, ngày nhận", "Registered, received on", w.date(*received_on)),
        Event::Accepted { .. } if kind == Kind::Feedback => say("Bắt đầu xử lý", "Taken up"),
        Event::Accepted { .. } => say("Thụ lý", "Accepted"),
        Event::Refused { ground, .. } => {
            with("Không thụ lý", "Not accepted", choices::refusal(*ground, kind, language))
        }
        Event::Guided { to, .. } => with("Hướng dẫn đến", "Guided to", choices::body(to, language)),
        Event::Filed { ground, .. } => with("Lưu đơn", "Filed", choices::filing(*ground, language)),
        Event::UsedForInspection { .. } => step("inspection"),
        Event::Referred { .. } => step("referral"),
        Event::LinkedAsDuplicate { .. } => step("duplicate"),
        Event::Divided { .. } => say("Tách hoặc phân loại lại", "Divided or reclassified"),
        Event::Followed { .. } => say("Phát sinh vụ việc tiếp theo", "Another case came out of it"),
        Event::Transferred { to, .. } => with("Chuyển đến", "Transferred to", names.of(to.as_str())),
        Event::VerificationBegun { .. } => say("Bắt đầu xác minh", "Verification began"),
        Event::DialogueCalled { on, .. } => with("Thông báo đối thoại ngày", "Dialogue called for", w.date(*on)),
        Event::DialogueRecorded { outcome, .. } => {
            with("Kết quả đối thoại", "Dialogue", choices::dialogue(*outcome, language))
        }
        Event::FoundComplex { .. } => say("Xác định vụ việc phức tạp", "Found complex"),
        Event::Extended { extension, .. } => with("Gia hạn, số ngày", "Prolonged by days", extension.days.to_string()),
        Event::Suspended { ground, .. } => {
            with("Tạm đình chỉ", "Suspended", choices::suspension(*ground, kind, language))
        }
        Event::Resumed { .. } => say("Tiếp tục giải quyết", "Resumed"),
        Event::WithdrawalRequested { .. } => say("Người nộp đơn đề nghị rút đơn", "A withdrawal was asked for"),
        Event::PartlyWithdrawn { .. } => say("Rút một phần nội dung", "A part was withdrawn"),
        Event::WithdrawalOverruled { .. } => {
            say("Tiếp tục giải quyết tố cáo đã rút", "Goes on in spite of the withdrawal")
        }
        Event::Withdrawn { .. } => say("Đã rút đơn", "Withdrawn"),
        Event::Terminated { .. } if kind == Kind::Feedback => say("Đã rút đơn", "Withdrawn"),
        Event::Terminated { ground, .. } => {
            with("Đình chỉ giải quyết", "Terminated", choices::termination(*ground, kind, language))
        }
        Event::Resolved { result, .. } => {
            with("Kết quả giải quyết", "Resolved", choices::result(*result, kind, language))
        }
        Event::Corrected { .. } => say("Hủy kết quả ghi sai", "The resolution was annulled"),
        Event::Dispatched { what, .. } => with("Đã gửi", "Sent", choices::sending(*what, kind, language)),
        Event::Published { .. } => say("Đã công khai", "Published"),
        Event::TookEffect { .. } => say("Quyết định có hiệu lực pháp luật", "The decision took effect"),
        Event::Enforced { .. } => say("Thi hành, xử lý theo kết luận", "Enforced or acted upon"),
        Event::OverdueReported { superior, .. } => {
            with("Báo quá hạn đến", "Reported as overdue to", names.of(superior.as_str()))
        }
        Event::ReportDemanded { .. } => say("Cấp trên yêu cầu báo cáo", "The superior demanded a report"),
        Event::ReportAnswered { .. } => say("Đã báo cáo cấp trên", "Reported to the superior"),
        Event::MessageSent { by: Side::Citizen, .. } => say("Người nộp đơn nhắn tin", "A message from the petitioner"),
        Event::MessageSent { by: Side::Agency, .. } => say("Cơ quan nhắn tin", "A message from the agency"),
        Event::IdentityDisclosed { reason, .. } => {
            with("Mở danh tính", "The identity was opened", choices::disclosure(*reason, language).to_owned())
        }
        Event::CalendarProclaimed { .. } => say("Lịch nghỉ được công bố", "Days off were proclaimed"),
        Event::MilestonesReached { .. } => say("Nhắc thời hạn", "A limit was announced"),
        Event::ObligationOpened { .. }
        | Event::ObligationMoved { .. }
        | Event::ObligationClosed { .. }
        | Event::ObligationReopened { .. } => None,
    }
}
