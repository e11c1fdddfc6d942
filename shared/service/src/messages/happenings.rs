//! What happened to a case, in words for its citizen and for officials alike. No official is ever named.

use donthu_domain::{
    Actor, AgencyId, Case, CompetentBody, DialogueOutcome, Directory, Duty, Event, Kind, Language, Milestone, Relation,
    ResultCode, RuleId, Sending, Side, TerminationGround, Verdict, time,
};
use jiff::Timestamp;
use jiff::civil::Date;

use super::choices::disclosure;
use super::explain::{self, day, pick};

/// Tells the journal of one case.
pub struct Teller<'a> {
    case: &'a Case,
    directory: &'a Directory,
    language: Language,
}

impl<'a> Teller<'a> {
    /// In a language; agencies bear the names that they had on the day of an entry.
    pub fn new(case: &'a Case, directory: &'a Directory, language: Language) -> Self {
        Self { case, directory, language }
    }

    /// Who did something, by part: the citizen, an agency by its name, or the system.
    pub fn actor(&self, actor: &Actor, at: Timestamp) -> String {
        match actor {
            Actor::Citizen => self.pick("Người nộp đơn", "The petitioner").to_owned(),
            Actor::Official { agency, .. } => capital(&self.agency(agency, at)),
            Actor::System => self.pick("Hệ thống", "The system").to_owned(),
        }
    }

    /// What happened, in one sentence.
    pub fn event(&self, event: &Event, at: Timestamp) -> String {
        let (vi, en) = self.both(event, at);
        capital(match self.language {
            Language::Vi => &vi,
            Language::En => &en,
        })
    }

    fn pick(&self, vi: &'static str, en: &'static str) -> &'static str {
        pick(self.language, vi, en)
    }

    fn day(&self, on: Date) -> String {
        day(on, self.language)
    }

    /// An agency's name; of one outside the province, or none in force then, that it is the competent one.
    fn agency(&self, id: &AgencyId, at: Timestamp) -> String {
        let known = self.directory.agency(id, time::local_date(at)).filter(|agency| !agency.id.is_external());
        match (known, self.language) {
            (Some(agency), Language::Vi) => agency.name_vi.clone(),
            (Some(agency), Language::En) => agency.name_en.clone(),
            (None, _) => self.pick("cơ quan có thẩm quyền", "the competent agency").to_owned(),
        }
    }

    /// What is owed under a rule, as a limit's name. Every rule of an event stands among the case's obligations.
    fn limit(&self, rule: &RuleId) -> String {
        let owed = self.case.obligations.iter().find(|obligation| &obligation.rule == rule);
        match owed {
            Some(obligation) => self.limit_of(obligation.duty),
            None => self.pick("thời hạn", "the limit").to_owned(),
        }
    }

    fn limit_of(&self, duty: Duty) -> String {
        let duty = explain::duty(duty, self.language);
        match self.language {
            Language::Vi => format!("thời hạn “{duty}”"),
            Language::En => format!("the limit “{duty}”"),
        }
    }

    fn body(&self, body: &CompetentBody, at: Timestamp) -> String {
        let words = match body {
            CompetentBody::Agency(agency) => return self.agency(agency, at),
            CompetentBody::CentralAgency => self.pick("cơ quan trung ương", "a central agency"),
            CompetentBody::OtherProvince => {
                self.pick("cơ quan có thẩm quyền của tỉnh, thành phố khác", "the competent agency of another province")
            }
            CompetentBody::Court => self.pick("Tòa án nhân dân", "a people’s court"),
            CompetentBody::JudicialBody => self.pick(
                "Viện kiểm sát nhân dân, cơ quan thi hành án",
                "the people’s procuracy or the agency that enforces judgments",
            ),
            CompetentBody::PartyBody => self.pick("cơ quan của Đảng", "a body of the Party"),
            CompetentBody::ElectedBody => {
                self.pick("Quốc hội, Hội đồng nhân dân", "the National Assembly or a people’s council")
            }
            CompetentBody::PublicUnit => self
                .pick("đơn vị sự nghiệp công lập, doanh nghiệp nhà nước", "a public service unit or state enterprise"),
        };
        words.to_owned()
    }

    /// Both sentences, before their first letter is made a capital. What stands in them is in the language asked for.
    fn both(&self, event: &Event, at: Timestamp) -> (String, String) {
        let kind = self.case.kind;
        match event {
            Event::Submitted { number, .. } => {
                (format!("đơn được tiếp nhận, mã hồ sơ {number}."), format!("the petition came in as file {number}."))
            }
            Event::Assigned { to, .. } => {
                let to = self.agency(to, at);
                (format!("đơn được giao cho {to}."), format!("the petition was assigned to {to}."))
            }
            Event::HandlerNamed { .. } => fixed("đã phân công cán bộ thụ lý.", "an official was named to handle it."),
            Event::DenouncedNamed { .. } => {
                fixed("đã xác định người bị tố cáo.", "the officials whom the denunciation is about were determined.")
            }
            Event::FormalisationAwaited => fixed(
                "đơn chưa có chữ ký theo quy định; chờ người nộp đơn xác nhận và ký tại cơ quan tiếp nhận.",
                "the petition lacks the signature that the law wants; the petitioner is to confirm and sign it at the receiving agency.",
            ),
            Event::Registered { received_on } => {
                let on = self.day(*received_on);
                (
                    format!("đơn được vào sổ; ngày nhận đơn là {on}."),
                    format!("the petition was registered as received on {on}."),
                )
            }
            Event::Accepted { on, .. } if kind == Kind::Feedback => {
                self.on(*on, "cơ quan bắt đầu xử lý kiến nghị, phản ánh", "the agency took up the feedback")
            }
            Event::Accepted { on, .. } => {
                self.on(*on, "đơn được thụ lý giải quyết", "the petition was accepted for resolution")
            }
            Event::Refused { on, .. } => {
                self.on(*on, "đơn không được thụ lý giải quyết", "the petition was not accepted for resolution")
            }
            Event::Guided { to, on, .. } => {
                let (to, on) = (self.body(to, at), self.day(*on));
                (
                    format!("người nộp đơn được hướng dẫn gửi đơn đến {to} ngày {on}."),
                    format!("the petitioner was told on {on} to turn to {to}."),
                )
            }
            Event::Filed { on, .. } => self.on(
                *on,
                "đơn được lưu vì không đủ điều kiện xử lý",
                "the petition was filed because it does not meet the conditions",
            ),
            Event::UsedForInspection { on, .. } => self.on(
                *on,
                "nội dung đơn không xử lý theo Luật Tố cáo mà được chuyển phục vụ công tác thanh tra, kiểm tra",
                "what the petition says is not handled as a denunciation and was passed on for an inspection",
            ),
            Event::Referred { on, .. } => self.on(
                *on,
                "đơn được chuyển cho cơ quan điều tra",
                "the petition was passed to the investigation agency",
            ),
            Event::LinkedAsDuplicate { on, .. } => self.on(
                *on,
                "đơn được xác định trùng với một vụ việc đang được xử lý",
                "the petition was found to be about the same matter as another case",
            ),
            Event::Divided { on, children, .. } => {
                let (on, count) = (self.day(*on), children.len());
                (
                    format!("đơn được tách hoặc phân loại lại thành {count} vụ việc ngày {on}."),
                    match count {
                        1 => format!("the petition became one case of another kind on {on}."),
                        _ => format!("the petition became {count} cases on {on}."),
                    },
                )
            }
            Event::Followed { child } => match child.relation {
                Relation::Appeal => {
                    self.on(child.on, "vụ việc khiếu nại lần hai được mở", "the case of a second complaint was opened")
                }
                Relation::Continued => {
                    self.on(child.on, "vụ việc tố cáo tiếp được mở", "the case of a continued denunciation was opened")
                }
                Relation::Part | Relation::Reclassified => {
                    self.on(child.on, "một vụ việc được tách ra từ đơn này", "a case came out of this petition")
                }
            },
            Event::Transferred { from, to, on, .. } => {
                let (from, to, on) = (self.agency(from, at), self.agency(to, at), self.day(*on));
                (
                    format!("đơn được chuyển từ {from} đến {to} ngày {on}."),
                    format!("the petition went from {from} to {to} on {on}."),
                )
            }
            Event::VerificationBegun { on, .. } => {
                self.on(*on, "việc xác minh nội dung đơn bắt đầu", "verification of what the petition says began")
            }
            Event::DialogueCalled { on, notified_on, .. } => {
                let (on, notified) = (self.day(*on), self.day(*notified_on));
                (
                    format!("ngày {notified} cơ quan thông báo tổ chức đối thoại vào ngày {on}."),
                    format!("notice was given on {notified} of a dialogue on {on}."),
                )
            }
            Event::DialogueRecorded { outcome: DialogueOutcome::Held, on, .. } => {
                self.on(*on, "biên bản đối thoại được lập", "the dialogue was held, as recorded")
            }
            Event::DialogueRecorded { outcome: DialogueOutcome::NoShow, on, .. } => self.on(
                *on,
                "biên bản về việc đối thoại không diễn ra do vắng mặt được lập",
                "nobody came to the dialogue, as recorded",
            ),
            Event::FoundComplex { complexity } => {
                self.on(complexity.on, "vụ việc được xác định là phức tạp", "the case was determined complex")
            }
            Event::Extended { rule, extension, .. } => {
                let (limit, days, on) = (self.limit(rule), extension.days, self.day(extension.on));
                (
                    format!("{limit} được gia hạn thêm {days} ngày, ghi nhận ngày {on}."),
                    format!("{limit} was prolonged by {days} days, as recorded on {on}."),
                )
            }
            Event::Suspended { on, .. } => {
                self.on(*on, "việc giải quyết bị tạm đình chỉ", "the resolution was suspended")
            }
            Event::Resumed { on, .. } => self.on(*on, "việc giải quyết được tiếp tục", "the resolution was resumed"),
            Event::WithdrawalRequested { on, .. } => self.on(
                *on,
                "người nộp đơn đề nghị rút đơn và chờ cơ quan xem xét",
                "the petitioner asked to withdraw, on which an official is to decide,",
            ),
            Event::PartlyWithdrawn { on, .. } => self.on(
                *on,
                "một phần nội dung đơn được rút, phần còn lại tiếp tục được giải quyết,",
                "a part was withdrawn, and the rest goes on,",
            ),
            Event::WithdrawalOverruled { on, .. } => self.on(
                *on,
                "dù người tố cáo xin rút, cơ quan quyết định tiếp tục giải quyết tố cáo",
                "it was decided that the denunciation goes on although its withdrawal was asked for,",
            ),
            Event::Withdrawn { on, .. } => self.on(*on, "đơn đã được rút", "the petition was withdrawn"),
            Event::Terminated { ground: TerminationGround::Withdrawal, on, .. } if kind == Kind::Feedback => {
                self.on(*on, "đơn đã được rút", "the petition was withdrawn")
            }
            Event::Terminated { on, .. } => {
                self.on(*on, "việc giải quyết bị đình chỉ", "the resolution was terminated")
            }
            Event::Resolved { result, on, document, on_time } => {
                self.resolved(*result, *on, document.as_ref().map(|document| document.number.as_str()), *on_time)
            }
            Event::Corrected { on, annulled_on, .. } => {
                let (on, annulled) = (self.day(*on), self.day(*annulled_on));
                (
                    format!(
                        "kết quả ghi nhận ngày {annulled} bị hủy do sai sót ngày {on}; vụ việc được giải quyết lại."
                    ),
                    format!(
                        "the result recorded on {annulled} was wrong and was annulled on {on}; the case is open again."
                    ),
                )
            }
            Event::Dispatched { what, on, .. } => self.dispatched(*what, *on),
            Event::Published { on, .. } => {
                self.on(*on, "kết quả giải quyết được công khai", "the result was published")
            }
            Event::TookEffect { on } => {
                let on = self.day(*on);
                (
                    format!("quyết định giải quyết có hiệu lực pháp luật từ ngày {on}."),
                    format!("the decision is in effect from {on}."),
                )
            }
            Event::Enforced { on, .. } if kind == Kind::Denunciation => {
                self.on(*on, "kết luận nội dung tố cáo được xử lý", "the conclusion was acted upon")
            }
            Event::Enforced { on, .. } => self.on(
                *on,
                "quyết định giải quyết được chỉ đạo thi hành",
                "it was ordered that the decision be carried out",
            ),
            Event::OverdueReported { on, superior } => {
                let (superior, on) = (self.agency(superior, at), self.day(*on));
                (
                    format!("người tố cáo báo {superior} về việc quá hạn giải quyết ngày {on}."),
                    format!("the denouncer told {superior} on {on} that the conclusion is overdue."),
                )
            }
            Event::ReportDemanded { on, .. } => self.on(
                *on,
                "cơ quan cấp trên yêu cầu báo cáo về việc quá hạn giải quyết",
                "the superior asked for a report on the overdue conclusion",
            ),
            Event::ReportAnswered { on, .. } => self.on(
                *on,
                "cơ quan giải quyết báo cáo cấp trên về việc quá hạn",
                "the agency reported to its superior on the overdue conclusion",
            ),
            Event::MessageSent { by: Side::Citizen, number } => (
                format!("người nộp đơn gửi tin nhắn (tin thứ {number} của vụ việc)."),
                format!("the petitioner wrote a message (number {number} of the case)."),
            ),
            Event::MessageSent { by: Side::Agency, number } => (
                format!("cơ quan gửi tin nhắn (tin thứ {number} của vụ việc)."),
                format!("the agency wrote a message (number {number} of the case)."),
            ),
            Event::IdentityDisclosed { agency, reason, on, .. } => {
                let (agency, on) = (self.agency(agency, at), self.day(*on));
                let reason = disclosure(*reason, self.language);
                (
                    format!("{agency} mở thông tin về người nộp đơn ngày {on}; lý do: {reason}."),
                    format!("{agency} opened the petitioner’s identity on {on}; reason: {reason}."),
                )
            }
            Event::CalendarProclaimed { rule, was, .. } => {
                let (limit, was) = (self.limit(rule), self.day(*was));
                (
                    format!("{limit} được tính lại vì lịch nghỉ đã được công bố; trước đó hạn là ngày {was}."),
                    format!("{limit} is counted anew because days off were proclaimed; it was {was}."),
                )
            }
            Event::ObligationOpened { obligation } => {
                let (limit, due) = (self.limit_of(obligation.duty), self.day(obligation.due_on));
                (format!("{limit}: đến hết ngày {due}."), format!("{limit} runs until {due}."))
            }
            Event::ObligationMoved { rule, due_on, .. } => {
                let (limit, due) = (self.limit(rule), self.day(*due_on));
                (format!("{limit} được tính lại: đến hết ngày {due}."), format!("{limit} now runs until {due}."))
            }
            Event::ObligationClosed { rule, on, verdict, .. } => {
                let (limit, on) = (self.limit(rule), self.day(*on));
                let how = match verdict {
                    Verdict::OnTime => self.pick("đúng hạn", "in time"),
                    Verdict::Late => self.pick("quá hạn", "late"),
                    Verdict::Lifted => self.pick("không còn phải thực hiện", "no longer owed"),
                };
                (format!("{limit} kết thúc ngày {on}: {how}."), format!("{limit} ended on {on}: {how}."))
            }
            Event::ObligationReopened { rule } => {
                let limit = self.limit(rule);
                (format!("{limit} được mở lại."), format!("{limit} is open again."))
            }
            Event::MilestonesReached { rule, reached, .. } => {
                let reached: Vec<_> = reached.iter().map(|milestone| self.milestone(*milestone)).collect();
                let (limit, reached) = (self.limit(rule), reached.join(", "));
                (format!("{limit}: {reached}."), format!("{limit}: {reached}."))
            }
        }
    }

    /// A sentence that ends with the day.
    fn on(&self, on: Date, vi: &str, en: &str) -> (String, String) {
        let on = self.day(on);
        (format!("{vi} ngày {on}."), format!("{en} on {on}."))
    }

    fn resolved(&self, result: ResultCode, on: Date, number: Option<&str>, on_time: bool) -> (String, String) {
        let on = self.day(on);
        let what = match self.case.kind {
            Kind::Complaint => self.pick("có quyết định giải quyết khiếu nại", "the complaint was decided"),
            Kind::Denunciation => self.pick("có kết luận nội dung tố cáo", "the denunciation was concluded"),
            Kind::Feedback => self.pick("kiến nghị, phản ánh được trả lời", "the feedback was answered"),
        };
        let how = match (result, self.case.kind) {
            (ResultCode::Founded, Kind::Denunciation) => self.pick(": nội dung tố cáo là đúng", ": it is founded"),
            (ResultCode::PartlyFounded, Kind::Denunciation) => {
                self.pick(": nội dung tố cáo có đúng, có sai", ": it is partly founded")
            }
            (ResultCode::Unfounded, Kind::Denunciation) => self.pick(": nội dung tố cáo là sai", ": it is unfounded"),
            (ResultCode::Founded, _) => self.pick(": nội dung khiếu nại là đúng toàn bộ", ": it is founded"),
            (ResultCode::PartlyFounded, _) => {
                self.pick(": nội dung khiếu nại là đúng một phần", ": it is partly founded")
            }
            (ResultCode::Unfounded, _) => self.pick(": nội dung khiếu nại là sai toàn bộ", ": it is unfounded"),
            (ResultCode::Upheld, _) => {
                self.pick(": công nhận quyết định giải quyết lần đầu", ": the first decision is upheld")
            }
            (ResultCode::Overturned, _) => self
                .pick(": hủy bỏ, sửa đổi quyết định giải quyết lần đầu", ": the first decision is annulled or changed"),
            (ResultCode::Answered, _) => "",
        };
        let time = if on_time { self.pick("đúng hạn", "in time") } else { self.pick("quá hạn", "late") };
        match number {
            Some(number) => (
                format!("{what} ngày {on}, văn bản số {number}, {time}{how}."),
                format!("{what} on {on}, document {number}, {time}{how}."),
            ),
            None => (format!("{what} ngày {on}, {time}{how}."), format!("{what} on {on}, {time}{how}.")),
        }
    }

    fn dispatched(&self, what: Sending, on: Date) -> (String, String) {
        match (what, self.case.kind) {
            (Sending::Acceptance, _) => {
                self.on(on, "thông báo về việc thụ lý tố cáo được gửi", "the notice of acceptance was sent")
            }
            (Sending::Suspension, _) => self.on(
                on,
                "quyết định tạm đình chỉ, đình chỉ hoặc tiếp tục giải quyết được gửi",
                "the decision to suspend, terminate or continue was sent",
            ),
            (Sending::Decision, Kind::Complaint) => {
                self.on(on, "quyết định giải quyết khiếu nại được gửi", "the decision was sent")
            }
            (Sending::Decision, Kind::Denunciation) => {
                self.on(on, "kết luận nội dung tố cáo được gửi", "the conclusion was sent")
            }
            (Sending::Decision, Kind::Feedback) => {
                self.on(on, "văn bản trả lời kiến nghị, phản ánh được gửi", "the answer was sent")
            }
        }
    }

    fn milestone(&self, milestone: Milestone) -> String {
        match (milestone, self.language) {
            (Milestone::Approaching(days), Language::Vi) => format!("còn {days} ngày làm việc"),
            (Milestone::Approaching(1), Language::En) => "1 working day is left".to_owned(),
            (Milestone::Approaching(days), Language::En) => format!("{days} working days are left"),
            (Milestone::Missed, _) => self.pick("đã quá hạn", "missed").to_owned(),
            (Milestone::Escalated(level), Language::Vi) => format!("vẫn quá hạn, cảnh báo mức {level}"),
            (Milestone::Escalated(level), Language::En) => format!("still missed, escalation level {level}"),
        }
    }
}

fn fixed(vi: &str, en: &str) -> (String, String) {
    (vi.to_owned(), en.to_owned())
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
