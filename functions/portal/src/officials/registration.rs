//! A petition on paper, or one that was spoken and written down, entered on a citizen's behalf.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use donthu_domain::{Channel, Kind, Language, Position};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::fields::{Input, Section, Shown, put, value};
use super::names::{self, Names};
use super::{resend, signed_out};
use crate::api::Api;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::Visitor;
use crate::words::Words;

/// What is entered: the API's path and how.
const FIELDS: [(&str, Input); 17] = [
    ("channel", Input::One),
    ("received_on", Input::Date),
    ("petition.kind", Input::One),
    ("petition.matter", Input::One),
    ("petition.text", Input::Text),
    ("petition.request", Input::Text),
    ("petition.area", Input::Pick),
    ("petition.field", Input::Pick),
    ("petition.against.agency", Input::Pick),
    ("petition.against.position", Input::One),
    ("petition.against.person", Input::Line),
    ("petition.petitioner.name", Input::Line),
    ("petition.petitioner.id_number", Input::Line),
    ("petition.petitioner.address", Input::Line),
    ("petition.phone", Input::Line),
    ("petition.group.people", Input::Number),
    ("petition.group.representatives", Input::Number),
];

#[derive(Template)]
#[template(path = "officials/registration.html")]
struct Page {
    frame: Frame,
    key: String,
    form: Form,
    sections: Vec<Section>,
}

#[derive(Template)]
#[template(path = "officials/registered.html")]
struct Entered {
    frame: Frame,
    registered: Registered,
}

/// What is handed to the citizen.
#[derive(Deserialize)]
struct Registered {
    receipt: String,
    case_number: String,
    submitted_at: String,
}

#[derive(Deserialize)]
struct Areas {
    areas: Vec<Area>,
}

#[derive(Deserialize)]
struct Area {
    id: String,
    name_vi: String,
}

#[derive(Deserialize)]
struct Subjects {
    fields: Vec<Subject>,
}

#[derive(Deserialize)]
struct Subject {
    id: String,
    name_vi: String,
    name_en: String,
}

/// What there is to choose.
struct Lists {
    agencies: Names,
    areas: Vec<(String, String)>,
    subjects: Vec<(String, String)>,
}

impl Lists {
    async fn read(api: &Api, w: Words) -> Result<Self, Failure> {
        let (agencies, areas, subjects) = futures::try_join!(
            Names::read(api, w),
            api.get("/v1/reference/areas").answer::<Areas>(),
            api.get("/v1/reference/fields").answer::<Subjects>(),
        )?;
        let areas = areas.areas.into_iter().map(|area| (area.id, area.name_vi)).collect();
        let name = |subject: Subject| match w.0 {
            Language::Vi => (subject.id, subject.name_vi),
            Language::En => (subject.id, subject.name_en),
        };
        Ok(Self { agencies, areas, subjects: subjects.fields.into_iter().map(name).collect() })
    }
}

/// `GET /can-bo/dang-ky`.
pub async fn form(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Result<Response, Failure> {
    visitor.official()?;
    let begun = Form::of(Posted::parse(b"channel=counter&petition.kind=complaint"));
    Ok(html(&page(&visitor, portal.ids.uuid().to_string(), begun).await?))
}

/// `POST /can-bo/dang-ky`. The receipt code is shown in the answer and at no address of its own.
pub async fn enter(visitor: Visitor, posted: Posted) -> Result<Response, Failure> {
    let Ok(signed) = visitor.official() else { return Ok(resend::page(&visitor, &posted)) };
    let mut body = Map::new();
    for (name, input) in FIELDS {
        if let Some(value) = value(input, name, &posted) {
            put(&mut body, name, value);
        }
    }
    let mut call = visitor.api.post("/v1/cases").token(&signed.token).json(&Value::Object(body));
    let key = posted.get("key").to_owned();
    if let Ok(key) = key.parse::<Uuid>() {
        call = call.idempotency_key(key);
    }
    match call.answer::<Registered>().await {
        Ok(registered) => {
            let frame = visitor.frame(visitor.words().t("Biên nhận", "Receipt")).holding_text();
            Ok(html(&Entered { frame, registered }))
        }
        Err(failure) if signed_out(&failure) => Ok(resend::page(&visitor, &posted)),
        Err(Failure::Told(problem)) if problem.status != 403 => {
            let mut form = Form::of(posted);
            form.refused(&problem);
            let mut response = html(&page(&visitor, key, form).await?);
            *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok(response)
        }
        Err(failure) => Err(failure),
    }
}

async fn page(visitor: &Visitor, key: String, form: Form) -> Result<Page, Failure> {
    let w = visitor.words();
    let lists = Lists::read(&visitor.api, w).await?;
    let frame = visitor.frame(w.t("Vào sổ đơn", "Enter a petition")).holding_text();
    Ok(Page { frame, key, form, sections: sections(lists, w) })
}

fn sections(lists: Lists, w: Words) -> Vec<Section> {
    let one = |name: &str, label: (&str, &str), hint: (&str, &str), choices: Vec<(String, String)>| {
        let input = FIELDS.iter().find(|(known, _)| *known == name).map_or(Input::Line, |(_, input)| *input);
        Shown {
            name: name.to_owned(),
            input,
            label: w.t(label.0, label.1).to_owned(),
            hint: w.t(hint.0, hint.1).to_owned(),
            choices,
        }
    };
    let named = |code: &str, name: &str| (code.to_owned(), name.to_owned());
    let channels = [("counter", Channel::Counter), ("post", Channel::Post), ("oral", Channel::Oral)];
    let channels = channels.map(|(code, channel)| named(code, names::channel(channel, w))).to_vec();
    let kinds = [("complaint", Kind::Complaint), ("denunciation", Kind::Denunciation), ("feedback", Kind::Feedback)];
    let kinds = kinds.map(|(code, kind)| named(code, w.kind(kind))).to_vec();
    let matters = vec![
        named("administrative", w.t("Quyết định, hành vi hành chính", "An administrative decision or act")),
        named("disciplinary", w.t("Quyết định kỷ luật", "A disciplinary decision")),
        named("dismissal", w.t("Quyết định kỷ luật buộc thôi việc", "A dismissal")),
    ];
    let positions = [
        ("agency", Position::Agency),
        ("head", Position::Head),
        ("deputy", Position::Deputy),
        ("staff", Position::Staff),
        ("unknown", Position::Unknown),
    ];
    let positions = positions.map(|(code, position)| named(code, names::position(position, w))).to_vec();
    let none = ("", "");
    let section = |name, vi: &str, en: &str, fields| Section { name, title: w.t(vi, en).to_owned(), fields };
    vec![
        section(
            "how",
            "Tiếp nhận",
            "How it came in",
            vec![
                one("channel", ("Cách nộp", "Way"), none, channels),
                one(
                    "received_on",
                    ("Ngày nhận (nếu không phải hôm nay)", "Day of receipt (if not today)"),
                    none,
                    Vec::new(),
                ),
            ],
        ),
        section(
            "petition",
            "Đơn",
            "The petition",
            vec![
                one("petition.kind", ("Loại đơn", "Kind"), none, kinds),
                one(
                    "petition.matter",
                    ("Đơn khiếu nại về (nếu là khiếu nại)", "A complaint is about (if it is one)"),
                    none,
                    matters,
                ),
                one("petition.text", ("Nội dung", "What happened"), none, Vec::new()),
                one("petition.request", ("Yêu cầu (nếu có)", "What is asked for (if anything)"), none, Vec::new()),
                one("petition.area", ("Địa bàn (nếu có)", "Area (if any)"), none, lists.areas),
                one("petition.field", ("Lĩnh vực (nếu có)", "Subject field (if any)"), none, lists.subjects),
            ],
        ),
        section(
            "petition.against",
            "Bị khiếu nại, tố cáo, phản ánh",
            "Against whom",
            vec![
                one("petition.against.agency", ("Cơ quan (nếu có)", "Agency (if any)"), none, lists.agencies.choices()),
                one("petition.against.position", ("Chức vụ (nếu có)", "Position (if any)"), none, positions),
                one("petition.against.person", ("Họ tên (nếu có)", "Name (if any)"), none, Vec::new()),
            ],
        ),
        section(
            "petition.petitioner",
            "Người nộp đơn",
            "Who petitions",
            vec![
                one(
                    "petition.petitioner.name",
                    ("Họ và tên", "Full name"),
                    ("Để trống nếu không nêu danh tính.", "Leave empty where no identity is given."),
                    Vec::new(),
                ),
                one(
                    "petition.petitioner.id_number",
                    ("Số căn cước hoặc hộ chiếu (nếu có)", "Number of identity card or passport (if any)"),
                    none,
                    Vec::new(),
                ),
                one("petition.petitioner.address", ("Địa chỉ (nếu có)", "Address (if any)"), none, Vec::new()),
                one("petition.phone", ("Số điện thoại (nếu có)", "Phone (if any)"), none, Vec::new()),
                one(
                    "petition.group.people",
                    ("Số người cùng nộp đơn (nếu nhiều người)", "How many people (if several)"),
                    none,
                    Vec::new(),
                ),
                one(
                    "petition.group.representatives",
                    ("Số người đại diện (nếu nhiều người)", "How many represent the others (if several)"),
                    none,
                    Vec::new(),
                ),
            ],
        ),
    ]
}
