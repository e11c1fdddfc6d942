//! The papers of the steps beside the main way.

use donthu_domain::{Command, ContinuationGround, Event, FilingGround, Form, Kind, Petition, ResultCode, Sending};
use jiff::civil::Date;

use super::{File, Reader, petition, some};

#[test]
fn filing_division_verification_sending_and_reports_have_papers_too() {
    let on: Date = "2026-09-10".parse().unwrap();
    let on_file = some("80/UBND-TD", "2026-09-10");
    let registered = |kind, form, command| {
        File::registered(petition(kind)).step("2026-09-10 09:00", command).text(form, Reader::Petitioner)
    };
    let filed = Command::File { ground: FilingGround::SeveralAddressees, document: on_file.clone() };
    insta::assert_snapshot!("filing", registered(Kind::Complaint, Form::Filing, filed));
    let inspected = Command::UseForInspection { document: on_file.clone() };
    insta::assert_snapshot!("inspection", registered(Kind::Denunciation, Form::Inspection, inspected));
    let linked = Command::LinkDuplicate { of: "another".into(), document: on_file.clone() };
    insta::assert_snapshot!("duplicate", registered(Kind::Feedback, Form::Duplicate, linked));
    let part = |id: &str| Petition { id: id.into(), ..petition(Kind::Complaint) };
    let divided = Command::Divide { parts: vec![part("a"), part("b")], document: on_file.clone() };
    insta::assert_snapshot!("division", registered(Kind::Complaint, Form::Division, divided));
    let verified = Command::Verify { document: on_file.clone() };
    let of_staff = File::accepted(Kind::Denunciation).step("2026-09-10 10:00", verified);
    let verification = of_staff.text(Form::Verification, Reader::Petitioner);
    assert!(
        !verification.contains("Người tố cáo:") && !verification.contains("Số căn cước"),
        "Art. 56: {verification}"
    );
    insta::assert_snapshot!("verification_of_a_denunciation", verification);
    let told = |kind, form, event: Event| File::accepted(kind).told(event).text(form, Reader::Petitioner);
    let grounds = vec![ContinuationGround::Coerced, ContinuationGround::Slander];
    let overruled = Event::WithdrawalOverruled { grounds, on, document: on_file.clone() };
    insta::assert_snapshot!("continuation", told(Kind::Denunciation, Form::Continuation, overruled));
    let sent = Event::Dispatched { what: Sending::Decision, on, document: on_file.clone() };
    insta::assert_snapshot!("covering_letter", told(Kind::Complaint, Form::CoveringLetter, sent));
    let published = Event::Published { on, document: on_file.clone() };
    insta::assert_snapshot!("publication_of_a_conclusion", told(Kind::Denunciation, Form::Publication, published));
    let reported = || File::accepted(Kind::Denunciation).told(Event::OverdueReported { on, superior: "chair".into() });
    let demanded = reported().told(Event::ReportDemanded { on, document: on_file.clone() });
    insta::assert_snapshot!("report_demand", demanded.text(Form::ReportDemand, Reader::Petitioner));
    let answered = demanded.told(Event::ReportAnswered { on, document: on_file.clone() });
    insta::assert_snapshot!("report", answered.text(Form::Report, Reader::Petitioner));
    let annulled = File::accepted(Kind::Complaint)
        .step("2026-09-11 09:00", Command::Resolve { result: ResultCode::Founded, document: None })
        .step("2026-09-14 09:00", Command::Correct { document: some("81/QĐ-UBND", "2026-09-14") });
    insta::assert_snapshot!("annulment", annulled.text(Form::Annulment, Reader::Petitioner));
}
