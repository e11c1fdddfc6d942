//! What is looked at before a step is left, so that nobody learns at the end what was wrong at the beginning. The API decides.

use donthu_domain::{Group, Kind, Matter, Position};
use donthu_service::input::{MOST_TEXT_BYTES, valid_id_number, valid_phone};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

use crate::submit::draft::Draft;
use crate::submit::steps::Step;
use crate::words::Words;

/// Most characters of fields, as the API takes them.
const LONGEST: [(&str, usize); 6] = [
    ("against.person", 200),
    ("against.decision", 200),
    ("text", 50_000),
    ("request", 10_000),
    ("petitioner.name", 200),
    ("petitioner.address", 500),
];

/// Says beside the fields of a step what is wrong with them; whether nothing is.
pub fn check(draft: &mut Draft, step: Step, w: Words) -> bool {
    let wrong = match step {
        Step::Kind => kind(draft, w),
        Step::Against => against(draft, w),
        Step::Place | Step::Review => Vec::new(),
        Step::Story => story(draft, w),
        Step::Person => person(draft, w),
    };
    let too_long = LONGEST.into_iter().filter(|(field, _)| Step::asking(field) == Some(step));
    let too_long: Vec<_> = too_long
        .filter(|(field, most)| draft.given(field).is_some_and(|text| text.chars().count() > *most))
        .map(|(field, most)| {
            let most = w.number(&i64::try_from(most).unwrap_or(i64::MAX));
            let (vi, en) = (
                format!("Dài quá {most} ký tự. Xin rút gọn."),
                format!("Longer than {most} characters. Please shorten it."),
            );
            (field, w.t(&vi, &en).to_owned())
        })
        .collect();
    let wrong: Vec<_> = wrong.into_iter().map(|(field, text)| (field, text.to_owned())).chain(too_long).collect();
    let right = wrong.is_empty();
    for (field, text) in wrong {
        draft.form.wrong(field, text);
    }
    right
}

/// The first step with something wrong, which is then said beside its fields.
pub fn first_wrong(draft: &mut Draft, w: Words) -> Option<Step> {
    Step::ALL.into_iter().find(|step| !check(draft, *step, w))
}

type Wrong = Vec<(&'static str, &'static str)>;

fn is_one<'a, T: Deserialize<'a>>(text: &'a str) -> bool {
    let text: serde::de::value::StrDeserializer<'a, Error> = text.into_deserializer();
    T::deserialize(text).is_ok()
}

fn kind(draft: &Draft, w: Words) -> Wrong {
    match draft.kind() {
        Some(_) => Vec::new(),
        None => vec![("kind", w.t("Xin chọn một trong ba loại.", "Please choose one of the three."))],
    }
}

fn against(draft: &Draft, w: Words) -> Wrong {
    let mut wrong = Vec::new();
    let kind = draft.kind();
    if kind == Some(Kind::Complaint) && !draft.given("matter").is_some_and(is_one::<Matter>) {
        wrong.push(("matter", w.t("Xin chọn điều ông/bà khiếu nại.", "Please choose what you complain about.")));
    }
    let fields = ["against.agency", "against.person", "against.decision"];
    let named = fields.iter().any(|field| draft.given(field).is_some());
    match kind {
        Some(Kind::Complaint) if !named => wrong.push((
            "against.agency",
            w.t(
                "Đơn khiếu nại phải nêu khiếu nại ai (Luật Khiếu nại, Điều 8). Xin chọn cơ quan, hoặc ghi người hay quyết định bị khiếu nại ở dưới.",
                "A complaint must say whom it is about (Law on Complaints, Art. 8). Choose the agency, or name the person or the decision below.",
            ),
        )),
        Some(Kind::Denunciation) if !named => wrong.push((
            "against.agency",
            w.t(
                "Đơn tố cáo phải nêu người bị tố cáo (Luật Tố cáo, Điều 23). Xin chọn cơ quan của người đó, hoặc ghi ở dưới những gì ông/bà biết về người đó.",
                "A denunciation must say who is denounced (Law on Denunciations, Art. 23). Choose the person's agency, or write below what you know of the person.",
            ),
        )),
        _ => {}
    }
    if !draft.given("against.position").is_some_and(is_one::<Position>) {
        match kind {
            Some(Kind::Complaint) => wrong.push((
                "against.position",
                w.t("Xin chọn ai ký quyết định hoặc có hành vi đó.", "Please choose who signed the decision or acted."),
            )),
            Some(Kind::Denunciation) => wrong.push((
                "against.position",
                w.t("Xin chọn chức vụ của người bị tố cáo.", "Please choose the position of the denounced."),
            )),
            _ => {}
        }
    }
    wrong
}

fn story(draft: &Draft, w: Words) -> Wrong {
    let mut wrong = Vec::new();
    match draft.given("text") {
        None => wrong.push(("text", w.t("Xin kể việc đã xảy ra.", "Please tell what happened."))),
        Some(text) if text.len() > MOST_TEXT_BYTES => {
            wrong.push((
                "text",
                w.t("Nội dung vượt quá 200 KB. Xin rút gọn.", "The text is larger than 200 KB. Please shorten it."),
            ));
        }
        Some(_) => {}
    }
    if draft.kind() == Some(Kind::Complaint) && draft.given("request").is_none() {
        wrong.push((
            "request",
            w.t(
                "Đơn khiếu nại phải nêu yêu cầu (Luật Khiếu nại, Điều 8). Xin cho biết ông/bà đề nghị điều gì.",
                "A complaint must say what is asked for (Law on Complaints, Art. 8). Please say what you ask for.",
            ),
        ));
    }
    wrong
}

fn person(draft: &Draft, w: Words) -> Wrong {
    let mut wrong = Vec::new();
    let phone = draft.phone();
    if phone.is_some_and(|phone| valid_phone(&phone).is_err()) {
        wrong.push((
            "phone",
            w.t(
                "Số này không phải số điện thoại Việt Nam. Ví dụ: 0912 345 678.",
                "This is no Vietnamese phone number. For example: 0912 345 678.",
            ),
        ));
    }
    if draft.is_anonymous() {
        return wrong;
    }
    if !draft.form.has("who", "named") {
        wrong.push(("who", w.t("Xin chọn nêu tên hoặc không nêu tên.", "Please choose whether to give your name.")));
        return wrong;
    }
    if draft.given("petitioner.name").is_none() {
        wrong.push((
            "petitioner.name",
            w.t("Xin ghi họ và tên, hoặc chọn không nêu tên.", "Please give your full name, or choose not to."),
        ));
    }
    if draft.given("petitioner.address").is_none() {
        let article = match draft.kind() {
            Some(Kind::Complaint) => Some(w.t(
                "Đơn khiếu nại phải có địa chỉ của người khiếu nại (Luật Khiếu nại, Điều 8).",
                "A complaint must give the complainant's address (Law on Complaints, Art. 8).",
            )),
            Some(Kind::Denunciation) => Some(w.t(
                "Đơn tố cáo phải có địa chỉ của người tố cáo (Luật Tố cáo, Điều 23).",
                "A denunciation must give the denouncer's address (Law on Denunciations, Art. 23).",
            )),
            _ => None,
        };
        wrong.extend(article.map(|text| ("petitioner.address", text)));
    }
    if draft.id_number().is_some_and(|number| valid_id_number(&number).is_err()) {
        wrong.push((
            "petitioner.id_number",
            w.t("Số này phải có 12 chữ số (căn cước), 9 chữ số (CMND cũ), hoặc một chữ cái và 7 đến 8 chữ số (hộ chiếu). Có thể để trống.",
                "It has 12 digits (identity card), 9 (the former one), or a letter and 7 or 8 digits (passport). It may be left empty.",
            ),
        ));
    }
    if draft.is_of_several() {
        wrong.extend(group(draft, w));
    }
    wrong
}

fn group(draft: &Draft, w: Words) -> Wrong {
    let people = draft.number("group.people").filter(|people| (2..=10_000).contains(people));
    let Some(people) = people.and_then(|people| u16::try_from(people).ok()) else {
        return vec![(
            "group.people",
            w.t("Xin ghi số người, từ 2 đến 10.000.", "Please give the number of people, from 2 to 10,000."),
        )];
    };
    let most = Group { people, representatives: 1 }.most_representatives();
    match draft.number("group.representatives") {
        Some(representatives) if (1..=u64::from(most)).contains(&representatives) => Vec::new(),
        _ if most == 2 => vec![(
            "group.representatives",
            w.t("Dưới 10 người thì cử 1 hoặc 2 người đại diện.", "Fewer than 10 people have 1 or 2 representatives."),
        )],
        _ => vec![(
            "group.representatives",
            w.t(
                "Từ 10 người trở lên thì cử từ 1 đến 5 người đại diện.",
                "10 people or more have 1 to 5 representatives.",
            ),
        )],
    }
}

#[cfg(test)]
mod tests {
    use donthu_domain::Language;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::posted::Posted;

    fn wrong(fields: &[(&str, &str)]) -> Vec<String> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut draft = Draft::of(Posted::parse(body.as_bytes()), || Uuid::from_u128(7));
        for step in Step::ALL {
            check(&mut draft, step, Words(Language::En));
        }
        draft.form.errors().iter().map(|(field, _)| field.clone()).collect()
    }

    #[test]
    fn each_kind_needs_what_the_law_wants_and_no_more() {
        assert_eq!(wrong(&[]), ["kind", "text", "who"]);
        assert_eq!(wrong(&[("kind", "feedback"), ("text", "x"), ("who", "anonymous")]), Vec::<String>::new());
        assert_eq!(
            wrong(&[("kind", "complaint"), ("who", "named")]),
            [
                "matter",
                "against.agency",
                "against.position",
                "text",
                "request",
                "petitioner.name",
                "petitioner.address"
            ]
        );
        assert_eq!(
            wrong(&[("kind", "denunciation"), ("who", "named"), ("text", "x"), ("against.person", "a clerk")]),
            ["against.position", "petitioner.name", "petitioner.address"]
        );
    }

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        let with = |field: &str, value: &str| {
            wrong(&[("kind", "feedback"), ("text", "x"), ("who", "named"), ("petitioner.name", "A"), (field, value)])
        };
        for (field, value) in [
            ("phone", "0912 345 678"),
            ("phone", "+84 912.345.678"),
            ("petitioner.id_number", "051 099 000 001"),
            ("petitioner.id_number", "b1234567"),
        ] {
            assert_eq!(with(field, value), Vec::<String>::new(), "{value}");
        }
        for (field, value) in [("phone", "113"), ("phone", "0912345678x"), ("petitioner.id_number", "12345")] {
            assert_eq!(with(field, value), [field], "{value}");
        }
        assert_eq!(with("together", "yes"), ["group.people"]);
    }

    #[test]
    fn a_group_has_as_many_representatives_as_the_law_lets_it() {
        let group = |people: &str, representatives: &str| {
            wrong(&[
                ("kind", "feedback"),
                ("text", "x"),
                ("who", "named"),
                ("petitioner.name", "A"),
                ("together", "yes"),
                ("group.people", people),
                ("group.representatives", representatives),
            ])
        };
        for (people, representatives) in [("2", "1"), ("9", "2"), ("10", "5"), ("10000", "1")] {
            assert_eq!(group(people, representatives), Vec::<String>::new(), "{people}");
        }
        for (people, representatives) in [("9", "3"), ("10", "6"), ("10", "0"), ("10", "x")] {
            assert_eq!(group(people, representatives), ["group.representatives"], "{people}");
        }
        for people in ["1", "10001", "", "-3", "many"] {
            assert_eq!(group(people, "1"), ["group.people"], "{people}");
        }
    }

    #[test]
    fn what_is_too_long_is_said_beside_its_field() {
        let long = "a".repeat(201);
        let told = wrong(&[("kind", "feedback"), ("text", "x"), ("who", "named"), ("petitioner.name", &long)]);
        assert_eq!(told, ["petitioner.name"]);
    }

    proptest! {
        #[test]
        fn what_is_found_right_is_taken_by_the_api(
            kind in "complaint|denunciation|feedback|other",
            matter in "administrative|disciplinary|dismissal||x",
            position in "agency|head|deputy|staff|unknown||x",
            person in "\\PC{0,30}",
            text in "[\\PC\n]{0,40}",
            request in "\\PC{0,20}",
            who in "named|anonymous|",
            name in "\\PC{0,20}",
            id in "[0-9]{9}|[0-9]{12}|[a-z][0-9]{7}|\\PC{0,4}",
            phone in "0[0-9]{9}|\\PC{0,4}",
            people in "[0-9]{0,6}",
            representatives in "[0-9]{0,4}",
        ) {
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs([
                ("kind", &kind), ("matter", &matter), ("against.position", &position), ("against.person", &person),
                ("text", &text), ("request", &request), ("who", &who), ("petitioner.name", &name),
                ("petitioner.address", &name), ("petitioner.id_number", &id), ("phone", &phone),
                ("together", &"yes".to_owned()), ("group.people", &people), ("group.representatives", &representatives),
            ]).finish();
            let mut draft = Draft::of(Posted::parse(body.as_bytes()), || Uuid::from_u128(7));
            if first_wrong(&mut draft, Words(Language::Vi)).is_none() {
                let sent = serde_json::to_vec(&draft.petition(Language::Vi).unwrap()).unwrap();
                let taken = donthu_service::input::parse::<donthu_service::petition::PetitionForm>(&sent);
                prop_assert!(taken.is_ok(), "{}", String::from_utf8_lossy(&sent));
            }
        }
    }
}
