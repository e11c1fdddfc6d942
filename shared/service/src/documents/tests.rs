//! Every form, from cases that went through the domain. The snapshots hold what a reader reads, line by line.

use std::sync::LazyLock;

use donthu_domain::rules::RuleBook;
use donthu_domain::time::{VIETNAM, local_date};
use donthu_domain::{
    Actor, Against, Calendar, Case, Channel, Command, ComplexityCriterion, Contact, Context, DialogueOutcome,
    Directory, Document, Event, Form, Group, Kind, Language, Petition, Position, Recipient, RefusalGround, ResultCode,
    Role, Signer, SuspensionGround, TerminationGround, evolve, transition,
};
use jiff::civil::{Date, DateTime};

use super::{OnFile, Reader, Sources, on_file, render};

struct World {
    rules: RuleBook,
    calendar: Calendar,
    directory: Directory,
}

/// The province as it ships.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    fn rows<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
        csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
    }
    macro_rules! shipped {
        ($name:literal) => {
            rows(include_str!(concat!("../../../../infra/reference/quang-ngai/", $name, ".csv")))
        };
    }
    let directory = Directory::new(
        shipped!("agencies"),
        shipped!("areas"),
        shipped!("fields"),
        shipped!("competence"),
        shipped!("policies"),
    );
    World { rules: RuleBook::shipped().unwrap(), calendar: Calendar::shipped().unwrap(), directory: directory.unwrap() }
});

impl World {
    fn sources(&self) -> Sources<'_> {
        Sources { rules: &self.rules, calendar: &self.calendar, directory: &self.directory }
    }
}

/// A case and its journal.
struct File {
    case: Case,
    journal: Vec<Vec<Event>>,
}

const COMMUNE: &str = "c21040";

fn petition(kind: Kind) -> Petition {
    let position = if kind == Kind::Denunciation { Position::Staff } else { Position::Head };
    Petition {
        id: "0123456789abcdef0123456789abcdef".into(),
        number: "QN-K7QX-2M9D-0001".to_owned(),
        kind,
        matter: Default::default(),
        area: Some("21040".into()),
        field: None,
        against: match kind {
            Kind::Feedback => Against::nobody(),
            _ => Against { agency: Some(COMMUNE.into()), position },
        },
        contact: Contact { sms: false, language: Language::Vi, anonymous: false },
        group: None,
    }
}

fn official(agency: &str, role: Role) -> Actor {
    Actor::Official { subject: "official-1".into(), agency: agency.into(), roles: vec![role] }
}

fn instant(when: &str) -> jiff::Timestamp {
    VIETNAM.to_timestamp(when.parse::<DateTime>().unwrap()).unwrap()
}

fn run(case: Option<&Case>, when: &str, actor: &Actor, command: &Command) -> donthu_domain::Transition {
    let world = &*WORLD;
    let context = Context {
        now: instant(when),
        actor,
        rules: &world.rules,
        calendar: &world.calendar,
        directory: &world.directory,
    };
    transition(case, command, &context).unwrap_or_else(|why| panic!("{command:?}: {why}")).unwrap()
}

impl File {
    /// Handed in at the counter on Monday, 7 September 2026.
    fn registered(petition: Petition) -> Self {
        let when = "2026-09-07 09:00";
        let received_on = local_date(instant(when));
        let command = Command::Register { petition, channel: Channel::Counter, received_on };
        let done = run(None, when, &official("reception-board", Role::Reception), &command);
        File { case: done.after, journal: vec![done.events] }
    }

    /// A step by the head of the agency that has the case.
    fn step(mut self, when: &str, command: Command) -> Self {
        let head = official(self.case.agency.as_ref().unwrap().as_str(), Role::Head);
        let done = run(Some(&self.case), when, &head, &command);
        self.case = done.after;
        self.journal.push(done.events);
        self
    }

    /// A step that rests on rules which other data hold: told by its event alone.
    fn told(mut self, event: Event) -> Self {
        self.case = evolve(Some(self.case), &event).unwrap();
        self.journal.push(vec![event]);
        self
    }

    fn accepted(kind: Kind) -> Self {
        let number = if kind == Kind::Denunciation { "12/QĐ-UBND" } else { "12/TB-UBND" };
        let document = Some(document(number, "2026-09-10"));
        Self::registered(petition(kind)).step("2026-09-10 09:00", Command::Accept { group_papers: false, document })
    }

    fn found(&self, form: Form, number: Option<&str>) -> Option<OnFile> {
        on_file(self.journal.iter().map(Vec::as_slice), form, number).unwrap()
    }

    fn html(&self, form: Form, reader: Reader) -> String {
        render(&self.found(form, None).unwrap(), reader, WORLD.sources()).unwrap()
    }

    fn text(&self, form: Form, reader: Reader) -> String {
        text(&self.html(form, reader))
    }
}

fn document(number: &str, on: &str) -> Document {
    let recipients = vec![Recipient::Petitioner, Recipient::ComplainedAbout, Recipient::Denounced, Recipient::Superior];
    Document { recipients, ..Document::new(number, on.parse::<Date>().unwrap()) }
}

/// What a reader reads: the body without marks, one paragraph a line; `…` for a dotted line.
fn text(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let marked = body
        .replace("<i></i>", "…")
        .replace("<p class=\"blank\"></p>", "…\n")
        .replace("<br>", " / ")
        .replace("</p>", "\n");
    let mut text = String::new();
    let mut inside = false;
    for c in marked.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn some(number: &str, on: &str) -> Option<Document> {
    Some(document(number, on))
}

#[test]
fn acceptance_of_a_complaint_form_03() {
    let file = File::accepted(Kind::Complaint);
    insta::assert_snapshot!(file.html(Form::Acceptance, Reader::Petitioner));
    insta::assert_snapshot!("acceptance_of_a_complaint_text", file.text(Form::Acceptance, Reader::Petitioner));
    let text = file.text(Form::Acceptance, Reader::Petitioner);
    for said in ["Số: 12/TB-UBND", "Bình Sơn, ngày 10 tháng 9 năm 2026", "đến hết ngày 12 tháng 10 năm 2026"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn a_group_is_counted_not_named() {
    let group = Some(Group { people: 12, representatives: 3 });
    let document = some("12/TB-UBND", "2026-09-10");
    let file = File::registered(Petition { group, ..petition(Kind::Complaint) })
        .step("2026-09-10 09:00", Command::Accept { group_papers: true, document });
    assert!(file.text(Form::Acceptance, Reader::Petitioner).contains("12 người cùng khiếu nại"));
}

#[test]
fn acceptance_of_feedback_has_no_form_number() {
    let text = File::accepted(Kind::Feedback).text(Form::Acceptance, Reader::Petitioner);
    assert!(!text.contains("Mẫu số"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn refusal_of_a_complaint_form_04() {
    let file = File::registered(petition(Kind::Complaint)).step(
        "2026-09-10 09:00",
        Command::Refuse { ground: RefusalGround::NotAffected, document: some("13/TB-UBND", "2026-09-10") },
    );
    insta::assert_snapshot!(file.text(Form::Refusal, Reader::Petitioner));
}

#[test]
fn suspension_resumption_and_termination_of_a_complaint() {
    let file = File::accepted(Kind::Complaint).step(
        "2026-09-20 09:00",
        Command::Suspend { ground: SuspensionGround::ForceMajeure, document: some("20/QĐ-UBND", "2026-09-20") },
    );
    insta::assert_snapshot!("suspension_form_14a", file.text(Form::SuspensionOrTermination, Reader::Petitioner));
    let file = file.step("2026-09-25 09:00", Command::Resume { document: some("21/QĐ-UBND", "2026-09-25") });
    insta::assert_snapshot!("resumption_form_14b", file.text(Form::Resumption, Reader::Petitioner));
    let (withdrawal, document) = (some("4/BB-UBND", "2026-09-27"), some("22/QĐ-UBND", "2026-09-28"));
    let ground = TerminationGround::Withdrawal;
    let terminate = Command::Terminate { ground, no_ground_to_continue: false, withdrawal, document };
    let file = file.step("2026-09-28 09:00", terminate);
    insta::assert_snapshot!("termination_form_14a", file.text(Form::SuspensionOrTermination, Reader::Petitioner));
    let first = file.found(Form::SuspensionOrTermination, Some("20/QĐ-UBND")).unwrap();
    let first = text(&render(&first, Reader::Petitioner, WORLD.sources()).unwrap());
    assert!(first.contains("Tạm đình chỉ giải quyết"), "an older one is found by number, as it was: {first}");
    assert!(file.found(Form::SuspensionOrTermination, Some("99/QĐ-UBND")).is_none());
}

#[test]
fn complexity_of_a_complaint_changes_the_limit_but_not_the_notice_before_it() {
    let criteria = vec![ComplexityCriterion::SeveralPlaces, ComplexityCriterion::AgenciesDisagree];
    let file = File::accepted(Kind::Complaint)
        .step("2026-09-20 09:00", Command::FindComplex { criteria, document: document("20/BC-UBND", "2026-09-20") });
    insta::assert_snapshot!(file.text(Form::Complexity, Reader::Petitioner));
    let notice = file.text(Form::Acceptance, Reader::Petitioner);
    assert!(notice.contains("Thời hạn giải quyết khiếu nại là 30 ngày"), "as it stood when it was sent: {notice}");
}

#[test]
fn dialogue_and_decision_of_a_complaint() {
    let on = "2026-09-25".parse().unwrap();
    let file = File::accepted(Kind::Complaint)
        .step("2026-09-14 09:00", Command::Verify { document: None })
        .told(Event::DialogueCalled {
            on,
            notified_on: "2026-09-15".parse().unwrap(),
            document: some("30/TB-UBND", "2026-09-15"),
        })
        .told(Event::DialogueRecorded {
            outcome: DialogueOutcome::NoShow,
            on,
            document: some("31/BB-UBND", "2026-09-25"),
        });
    insta::assert_snapshot!("dialogue_notice", file.text(Form::DialogueNotice, Reader::Petitioner));
    insta::assert_snapshot!("dialogue_minutes_form_14", file.text(Form::DialogueMinutes, Reader::Petitioner));
    let mut decision = document("32/QĐ-UBND", "2026-10-05");
    decision.signer = Signer::Deputy;
    let file =
        file.step("2026-10-05 09:00", Command::Resolve { result: ResultCode::PartlyFounded, document: Some(decision) });
    insta::assert_snapshot!("decision_first_instance", file.text(Form::Decision, Reader::Petitioner));
    assert!(!file.found(Form::Decision, None).unwrap().annulled);
    let file = file.step("2026-10-06 09:00", Command::Correct { document: None });
    let annulled = file.text(Form::Decision, Reader::Petitioner);
    assert!(annulled.contains("đã bị hủy"), "{annulled}");
}

#[test]
fn a_decision_tells_the_last_day_of_a_second_complaint_where_the_rules_give_it() {
    let rule = r#"
        [[rule]]
        id = "TEST-LIM2"
        kind = "complaint"
        duty = "resolve"
        start = "first_limit_or_decision"
        unit = "calendar_days"
        base = 30
        remote_base = 45
        valid_from = "2012-07-01"
        citation_vi = "Luật Khiếu nại 02/2011/QH13, Điều 33"
        citation_en = "Law on Complaints 02/2011/QH13, Art. 33"
        confidence = "V2"
    "#;
    let rules = RuleBook::from_files([("test.toml", rule)]).unwrap();
    let file = File::accepted(Kind::Complaint).step(
        "2026-10-05 09:00",
        Command::Resolve { result: ResultCode::Founded, document: some("32/QĐ-UBND", "2026-10-05") },
    );
    let mut found = file.found(Form::Decision, None).unwrap();
    let sources = Sources { rules: &rules, ..WORLD.sources() };
    let near = text(&render(&found, Reader::Petitioner, sources).unwrap());
    assert!(near.contains("30 ngày") && near.contains("đến hết ngày 04 tháng 11 năm 2026"), "{near}");
    assert!(near.contains("đến Chủ tịch Ủy ban nhân dân tỉnh Quảng Ngãi"), "{near}");
    found.case.remote = true;
    let remote = text(&render(&found, Reader::Petitioner, sources).unwrap());
    assert!(remote.contains("45 ngày") && remote.contains("đến hết ngày 19 tháng 11 năm 2026"), "{remote}");
}

#[test]
fn a_second_decision_upholds_or_overturns_the_first_and_leads_to_court() {
    let decided = |result| {
        let file = File::accepted(Kind::Complaint)
            .step("2026-10-05 09:00", Command::Resolve { result: ResultCode::Founded, document: None });
        let mut found = file.found(Form::Acceptance, None).unwrap();
        found.case.instance = donthu_domain::Instance::Second;
        found.issued.form = Form::Decision;
        let (on, document) = ("2026-10-05".parse().unwrap(), some("32/QĐ-UBND", "2026-10-05"));
        found.event = Event::Resolved { result, on, document, on_time: true };
        text(&render(&found, Reader::Petitioner, WORLD.sources()).unwrap())
    };
    insta::assert_snapshot!("second_decision_upholds", decided(ResultCode::Upheld));
    let overturned = decided(ResultCode::Overturned);
    assert!(overturned.contains("Hủy bỏ hoặc sửa đổi một phần, toàn bộ quyết định giải quyết khiếu nại lần đầu"));
    assert!(!overturned.contains("đến hết") && overturned.contains("khởi kiện"), "no third instance: {overturned}");
}

#[test]
fn what_has_no_copy_without_the_denouncer_is_never_addressed_to_the_denounced() {
    let ground = RefusalGround::NoGrounds;
    let refused = File::registered(petition(Kind::Denunciation))
        .step("2026-09-10 09:00", Command::Refuse { ground, document: some("82/TB-UBND", "2026-09-10") });
    let text = refused.text(Form::DenunciationRefusal, Reader::Petitioner);
    assert!(!text.contains("Người bị tố cáo"), "Law on Denunciations Art. 56: {text}");
}

#[test]
fn withdrawal_of_a_part_and_guidance_of_a_complaint() {
    let file = File::accepted(Kind::Complaint)
        .step("2026-09-20 09:00", Command::WithdrawPart { document: document("40/BB-UBND", "2026-09-20") });
    insta::assert_snapshot!("withdrawal_of_a_part", file.text(Form::Withdrawal, Reader::Petitioner));
    let file = File::registered(petition(Kind::Complaint)).step(
        "2026-09-10 09:00",
        Command::Guide { to: donthu_domain::CompetentBody::Court, document: some("41/HD-UBND", "2026-09-10") },
    );
    insta::assert_snapshot!("guidance", file.text(Form::Guidance, Reader::Petitioner));
}

#[test]
fn a_transfer_is_written_by_the_agency_that_passes_the_case_on() {
    let transfer = |kind| {
        let document = some("42/PC-UBND", "2026-09-10");
        let file = File::registered(petition(kind));
        let to = if kind == Kind::Denunciation { "chair" } else { "so-xay-dung" };
        file.step("2026-09-10 09:00", Command::Transfer { to: to.into(), document })
            .text(Form::Transfer, Reader::Petitioner)
    };
    insta::assert_snapshot!("transfer_of_feedback", transfer(Kind::Feedback));
    let denunciation = transfer(Kind::Denunciation);
    assert!(denunciation.contains("XÃ BÌNH SƠN"), "{denunciation}");
    assert!(!denunciation.contains("Ông (bà)"), "Art. 56: who denounced is not named: {denunciation}");
}

#[test]
fn an_answer_to_feedback_warns_that_its_time_is_no_law() {
    let accepted = File::accepted(Kind::Feedback);
    let notice = accepted.text(Form::Acceptance, Reader::Petitioner);
    assert!(notice.contains("căn cứ chưa được đối chiếu với văn bản gốc"), "K-SLA: {notice}");
    let file = accepted.step(
        "2026-09-20 09:00",
        Command::Resolve { result: ResultCode::Answered, document: some("43/UBND-VP", "2026-09-20") },
    );
    insta::assert_snapshot!(file.text(Form::Decision, Reader::Petitioner));
}

/// A denunciation with every document that it can have.
fn denunciation() -> Vec<(&'static str, Form, File)> {
    let extend = |number: &str, on: &str| Command::Extend {
        days: 30,
        criteria: vec![ComplexityCriterion::ForeignElement, ComplexityCriterion::ManyPeople],
        document: document(number, on),
    };
    let extended = File::accepted(Kind::Denunciation).step("2026-10-01 09:00", extend("50/QĐ-UBND", "2026-10-01"));
    let suspend =
        Command::Suspend { ground: SuspensionGround::AwaitsExpertise, document: some("51/QĐ-UBND", "2026-09-21") };
    let suspended = File::accepted(Kind::Denunciation).step("2026-09-21 09:00", suspend.clone());
    let resumed = File::accepted(Kind::Denunciation)
        .step("2026-09-21 09:00", suspend)
        .step("2026-09-28 09:00", Command::Resume { document: some("52/QĐ-UBND", "2026-09-28") });
    let terminated = File::accepted(Kind::Denunciation).step(
        "2026-09-21 09:00",
        Command::Terminate {
            ground: TerminationGround::Withdrawal,
            no_ground_to_continue: true,
            withdrawal: some("5/BB-UBND", "2026-09-20"),
            document: some("53/QĐ-UBND", "2026-09-21"),
        },
    );
    let concluded = File::accepted(Kind::Denunciation).step(
        "2026-10-05 09:00",
        Command::Resolve { result: ResultCode::PartlyFounded, document: some("54/KL-UBND", "2026-10-05") },
    );
    vec![
        ("denunciation_acceptance", Form::DenunciationAcceptance, File::accepted(Kind::Denunciation)),
        ("denunciation_extension", Form::Extension, extended),
        ("denunciation_suspension", Form::DenunciationSuspension, suspended),
        ("denunciation_resumption", Form::DenunciationResumption, resumed),
        ("denunciation_termination", Form::DenunciationSuspension, terminated),
        ("denunciation_conclusion", Form::Decision, concluded),
    ]
}

#[test]
fn the_denounced_get_a_copy_without_the_denouncer() {
    for (name, form, file) in denunciation() {
        let full = file.text(form, Reader::Petitioner);
        assert!(full.contains("Số căn cước") && full.contains(&file.case.number), "{name}: {full}");
        assert!(Reader::Denounced.gets(Kind::Denunciation, form), "{name}");
        insta::assert_snapshot!(format!("{name}_for_the_denouncer"), full);
        let html = file.html(form, Reader::Denounced);
        let lower = html.to_lowercase();
        // Who, how many, from where, by which paper and when: each may lead to them.
        for trace in ["người tố cáo", "đơn tố cáo", "căn cước", "địa chỉ", "nước ngoài", "nhiều người"]
        {
            assert!(!lower.contains(trace), "{name} says {trace:?}: {}", text(&html));
        }
        assert!(!html.contains(&file.case.number) && !html.contains("07 tháng 9"), "{name}: {}", text(&html));
        insta::assert_snapshot!(format!("{name}_for_the_denounced"), text(&html));
    }
}

#[test]
fn a_group_of_denouncers_is_not_told_to_the_denounced() {
    let group = Some(Group { people: 4, representatives: 1 });
    let document = some("12/QĐ-UBND", "2026-09-10");
    let file = File::registered(Petition { group, ..petition(Kind::Denunciation) })
        .step("2026-09-10 09:00", Command::Accept { group_papers: true, document });
    assert!(file.text(Form::DenunciationAcceptance, Reader::Petitioner).contains("4 người cùng tố cáo"));
    assert!(!file.text(Form::DenunciationAcceptance, Reader::Denounced).contains("người cùng"));
}

#[test]
fn only_what_goes_to_the_denounced_has_a_copy_for_them() {
    use Form::*;
    for form in [DenunciationRefusal, Transfer, Referral, Withdrawal, Guidance, DialogueNotice, DialogueMinutes] {
        assert!(!Reader::Denounced.gets(Kind::Denunciation, form), "{form:?}");
        assert!(Reader::Petitioner.gets(Kind::Denunciation, form));
    }
    for form in [Acceptance, Decision, Enforcement] {
        assert!(!Reader::Denounced.gets(Kind::Complaint, form), "{form:?}");
    }
}

#[test]
fn refusal_and_referral_of_a_denunciation() {
    let registered = || File::registered(petition(Kind::Denunciation));
    let refused = registered().step(
        "2026-09-10 09:00",
        Command::Refuse { ground: RefusalGround::NoGrounds, document: some("60/TB-UBND", "2026-09-10") },
    );
    insta::assert_snapshot!("denunciation_refusal", refused.text(Form::DenunciationRefusal, Reader::Petitioner));
    let referred =
        registered().step("2026-09-10 09:00", Command::Refer { document: document("61/PC-UBND", "2026-09-10") });
    let text = referred.text(Form::Referral, Reader::Petitioner);
    assert!(text.contains("Điều 27 Luật Tố cáo 2018: căn cứ chưa được đối chiếu"), "{text}");
    insta::assert_snapshot!("denunciation_referral", text);
}

/// Decided and in effect.
fn in_effect(kind: Kind) -> File {
    let result = if kind == Kind::Complaint { ResultCode::Founded } else { ResultCode::Unfounded };
    let document = some("70/QĐ-UBND", "2026-10-05");
    File::accepted(kind)
        .step("2026-10-05 09:00", Command::Resolve { result, document })
        .told(Event::TookEffect { on: "2026-11-05".parse().unwrap() })
}

#[test]
fn enforcement_of_a_decision_and_of_a_conclusion() {
    let on = "2026-11-10".parse().unwrap();
    let event = || Event::Enforced { on, document: document("71/QĐ-UBND", "2026-11-10") };
    let decision = in_effect(Kind::Complaint).told(event());
    insta::assert_snapshot!("enforcement_of_a_decision", decision.text(Form::Enforcement, Reader::Petitioner));
    let conclusion = in_effect(Kind::Denunciation).told(event());
    insta::assert_snapshot!("enforcement_of_a_conclusion", conclusion.text(Form::Enforcement, Reader::Denounced));
}

#[test]
fn minutes_of_a_withdrawal_before_acceptance() {
    let (withdrawal, document) = (some("72/BB-UBND", "2026-09-10"), some("73/QĐ-UBND", "2026-09-10"));
    let ground = TerminationGround::Withdrawal;
    let terminate = Command::Terminate { ground, no_ground_to_continue: true, withdrawal, document };
    let file = File::registered(petition(Kind::Denunciation)).step("2026-09-10 09:00", terminate);
    insta::assert_snapshot!(file.text(Form::Withdrawal, Reader::Petitioner));
    let decision = file.text(Form::DenunciationSuspension, Reader::Petitioner);
    assert!(decision.contains("toàn bộ nội dung tố cáo đã được rút"), "{decision}");
}

#[test]
fn each_agency_has_its_letterhead_and_signature() {
    let head = |agency: &str, signer| {
        let on = "2026-11-23".parse().unwrap();
        let head = super::letterhead::letterhead(Some(&agency.into()), &WORLD.directory, on);
        let signer = head.signer(signer).join(" / ");
        format!("{} | {} | {} | {} | {signer}", head.above.join(" "), head.agency.join(" "), head.place, head.issuer)
    };
    let all = [
        head("chair", Signer::Head),
        head("chair", Signer::Deputy),
        head("so-xay-dung", Signer::Deputy),
        head("inspectorate", Signer::Deputy),
        head("reception-board", Signer::Head),
        head("c21025", Signer::Head),
        head("unknown", Signer::Deputy),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn whatever_a_number_holds_is_text() {
    let file = File::accepted(Kind::Complaint);
    let mut found = file.found(Form::Acceptance, None).unwrap();
    found.issued.document.number = "<script>alert('1')</script>\"&".to_owned();
    found.case.number = "<img src=x onerror=1>".to_owned();
    let html = render(&found, Reader::Petitioner, WORLD.sources()).unwrap();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    assert!(html.contains("&#60;script&#62;"), "{html}");
}

#[test]
fn a_page_needs_nothing_from_elsewhere() {
    let html = File::accepted(Kind::Complaint).html(Form::Acceptance, Reader::Petitioner);
    for outside in
        ["<script", "<link", "<img", "src=", "href=", "url(", "@import", "http:", "https:", "onload", "onerror"]
    {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("size: A4"));
}

#[test]
fn a_page_that_no_event_put_on_file_is_not_made() {
    let file = File::accepted(Kind::Complaint);
    assert!(file.found(Form::Refusal, None).is_none());
    let mut found = file.found(Form::Acceptance, None).unwrap();
    found.event = Event::Registered { received_on: "2026-09-14".parse().unwrap() };
    assert!(render(&found, Reader::Petitioner, WORLD.sources()).is_err());
}

mod steps;
