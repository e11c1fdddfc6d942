//! The petition once more, as its author will read it before it is sent.

use donthu_domain::Kind;

use crate::submit::choices::Choices;
use crate::submit::draft::Draft;
use crate::submit::steps::Step;
use crate::words::Words;

/// The answers of one step.
pub struct Section {
    /// The step, to which its button leads back.
    pub step: Step,
    /// What was asked, and what was answered.
    pub rows: Vec<(&'static str, String)>,
}

/// The position of whom it is against, in words.
pub fn position(code: &str, w: &Words) -> &'static str {
    match code {
        "agency" => w.t("Cơ quan, tổ chức nói chung", "The agency as such"),
        "head" => w.t("Người đứng đầu (chủ tịch, giám đốc, trưởng…)", "Its head (chair, director, chief …)"),
        "deputy" => w.t("Cấp phó của người đứng đầu", "A deputy of the head"),
        "staff" => w.t("Cán bộ, công chức, nhân viên khác", "Another official or employee"),
        _ => w.t("Không rõ", "Not known"),
    }
}

/// What a complaint is about, in words.
pub fn matter(code: &str, w: &Words) -> &'static str {
    match code {
        "disciplinary" => w.t("Quyết định kỷ luật cán bộ, công chức", "A disciplinary decision on an official"),
        "dismissal" => w.t("Quyết định kỷ luật buộc thôi việc", "A disciplinary decision of dismissal"),
        _ => w.t("Quyết định hành chính, hành vi hành chính", "An administrative decision or act"),
    }
}

/// The answers of all steps.
pub fn sections(draft: &Draft, choices: &Choices, w: Words) -> Vec<Section> {
    let nothing = || w.t("(không ghi)", "(left empty)").to_owned();
    let given = |field: &str| draft.given(field).map_or_else(nothing, ToOwned::to_owned);
    let chosen = |groups, field: &str| match draft.given(field) {
        Some(value) => Choices::text(groups, value).to_owned(),
        None => w.t("Không rõ, không chọn", "Not known, not chosen").to_owned(),
    };
    let kind = draft.kind().unwrap_or(Kind::Feedback);

    let mut against = Vec::new();
    if kind == Kind::Complaint {
        against.push((w.t("Khiếu nại về", "Complaint about"), matter(&given("matter"), &w).to_owned()));
    }
    against.push((w.t("Cơ quan", "Agency"), chosen(&choices.agencies, "against.agency")));
    if kind != Kind::Feedback {
        against.push((w.t("Chức vụ", "Position"), position(&given("against.position"), &w).to_owned()));
        against.push((w.t("Họ tên", "Name"), given("against.person")));
    }
    if kind == Kind::Complaint {
        against.push((w.t("Quyết định", "Decision"), given("against.decision")));
    }

    vec![
        Section { step: Step::Kind, rows: vec![(w.t("Loại đơn", "Kind"), w.kind(kind).to_owned())] },
        Section { step: Step::Against, rows: against },
        Section {
            step: Step::Place,
            rows: vec![
                (w.t("Xã, phường, đặc khu", "Commune, ward or special zone"), chosen(&choices.areas, "area")),
                (w.t("Lĩnh vực", "Subject"), chosen(&choices.fields, "field")),
            ],
        },
        Section {
            step: Step::Story,
            rows: vec![
                (w.t("Việc đã xảy ra", "What happened"), given("text")),
                (w.t("Đề nghị", "What you ask for"), given("request")),
            ],
        },
        Section { step: Step::Person, rows: person(draft, w, nothing) },
    ]
}

fn person(draft: &Draft, w: Words, nothing: impl Fn() -> String + Copy) -> Vec<(&'static str, String)> {
    let phone = (w.t("Điện thoại", "Phone"), draft.phone().unwrap_or_else(nothing));
    if draft.is_anonymous() {
        return vec![(w.t("Họ và tên", "Full name"), w.t("Không nêu tên", "Not given").to_owned()), phone];
    }
    let given = |field: &str| draft.given(field).map_or_else(nothing, ToOwned::to_owned);
    let mut rows = vec![
        (w.t("Họ và tên", "Full name"), given("petitioner.name")),
        (w.t("Địa chỉ", "Address"), given("petitioner.address")),
        (w.t("Số căn cước, hộ chiếu", "Identity card or passport number"), draft.id_number().unwrap_or_else(nothing)),
        phone,
    ];
    if draft.is_of_several() {
        rows.push((w.t("Số người cùng gửi", "People who submit together"), given("group.people")));
        rows.push((w.t("Số người đại diện", "Representatives"), given("group.representatives")));
    }
    rows
}
