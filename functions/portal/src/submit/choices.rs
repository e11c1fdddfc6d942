//! What can be chosen from: agencies, areas and subject fields of today, in groups short enough to look through on a phone.

use donthu_domain::Language;
use serde::Deserialize;

use crate::api::Api;
use crate::failure::Failure;
use crate::words::Words;

#[derive(Deserialize)]
struct Agency {
    id: String,
    #[serde(rename = "type")]
    agency_type: String,
    name_vi: String,
    name_en: String,
    area: Option<String>,
}

#[derive(Deserialize)]
struct Agencies {
    agencies: Vec<Agency>,
}

#[derive(Deserialize)]
struct Area {
    id: String,
    name_vi: String,
    division_type: String,
    former_province: String,
}

#[derive(Deserialize)]
struct Areas {
    areas: Vec<Area>,
}

#[derive(Deserialize)]
struct Field {
    id: String,
    parent: Option<String>,
    name_vi: String,
    name_en: String,
}

#[derive(Deserialize)]
struct Fields {
    fields: Vec<Field>,
}

/// Choices that belong together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// What they have in common; empty where they need no heading.
    pub label: String,
    /// Values and texts.
    pub choices: Vec<(String, String)>,
}

/// What can be chosen from.
#[derive(Debug, Default)]
pub struct Choices {
    /// Agencies, by id.
    pub agencies: Vec<Group>,
    /// Communes, wards and special zones, by code.
    pub areas: Vec<Group>,
    /// Subject fields, by id.
    pub fields: Vec<Group>,
}

impl Choices {
    /// Asks the API for them.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn read(api: &Api, w: Words) -> Result<Self, Failure> {
        let (agencies, areas, fields) = futures::try_join!(
            api.get("/v1/reference/agencies").answer::<Agencies>(),
            api.get("/v1/reference/areas").answer::<Areas>(),
            api.get("/v1/reference/fields").answer::<Fields>(),
        )?;
        Ok(Self {
            agencies: grouped_agencies(&agencies.agencies, &areas.areas, w),
            areas: grouped_areas(&areas.areas, w),
            fields: grouped_fields(&fields.fields, w),
        })
    }

    /// The text of a choice; its value where it is not among them.
    pub fn text<'a>(groups: &'a [Group], value: &'a str) -> &'a str {
        let mut choices = groups.iter().flat_map(|group| &group.choices);
        choices.find(|(known, _)| known == value).map_or(value, |(_, text)| text)
    }
}

/// Groups in the order in which their labels first come, each sorted by name.
fn grouped(choices: impl IntoIterator<Item = (String, String, String)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (label, value, text) in choices {
        match groups.iter_mut().find(|group| group.label == label) {
            Some(group) => group.choices.push((value, text)),
            None => groups.push(Group { label, choices: vec![(value, text)] }),
        }
    }
    for group in &mut groups {
        group.choices.sort_by_cached_key(|(_, text)| (plain_letters(text), text.clone()));
    }
    groups
}

/// `Xã – địa bàn tỉnh Kon Tum cũ`: people know where they lived before provinces were merged.
fn division(area: &Area, w: Words) -> String {
    let sort = match area.division_type.as_str() {
        "phường" => w.t("Phường", "Wards"),
        "xã" => w.t("Xã", "Communes"),
        "đặc khu" => w.t("Đặc khu", "Special zones"),
        other => other,
    };
    match w.0 {
        Language::Vi => format!("{sort} – địa bàn tỉnh {} cũ", area.former_province),
        Language::En => format!("{sort} – former {} Province", area.former_province),
    }
}

fn grouped_areas(areas: &[Area], w: Words) -> Vec<Group> {
    let mut groups = grouped(areas.iter().map(|area| (division(area, w), area.id.clone(), area.name_vi.clone())));
    groups.sort_by_key(|group| group.choices.len());
    groups
}

fn grouped_agencies(agencies: &[Agency], areas: &[Area], w: Words) -> Vec<Group> {
    let label = |agency: &Agency| {
        let area = agency.area.as_ref().and_then(|id| areas.iter().find(|area| area.id == *id));
        match (agency.agency_type.as_str(), area) {
            (_, Some(area)) => division(area, w),
            ("province_chair" | "reception_board" | "inspectorate", None) => w.t("Cấp tỉnh", "Province").to_owned(),
            ("department" | "department_subunit", None) => w.t("Sở, ngành", "Departments").to_owned(),
            _ => w.t("Cơ quan khác", "Other agencies").to_owned(),
        }
    };
    let name = |agency: &Agency| w.t(&agency.name_vi, &agency.name_en).to_owned();
    grouped(agencies.iter().map(|agency| (label(agency), agency.id.clone(), name(agency))))
}

fn grouped_fields(fields: &[Field], w: Words) -> Vec<Group> {
    let name = |field: &Field| w.t(&field.name_vi, &field.name_en).to_owned();
    let is_heading = |field: &Field| fields.iter().any(|below| below.parent.as_ref() == Some(&field.id));
    let heading = |field: &Field| {
        let parent = field.parent.as_ref().and_then(|id| fields.iter().find(|above| above.id == *id));
        parent.map(name).unwrap_or_default()
    };
    let mut groups: Vec<Group> = Vec::new();
    // In the order of the form that they are reported in: the one who files it reads it so.
    for field in fields.iter().filter(|field| !is_heading(field)) {
        let (label, choice) = (heading(field), (field.id.clone(), name(field)));
        match groups.iter_mut().find(|group| group.label == label) {
            Some(group) => group.choices.push(choice),
            None => groups.push(Group { label, choices: vec![choice] }),
        }
    }
    groups
}

/// A name with plain letters: Vietnamese sorts by these first and by its marks after.
fn plain_letters(text: &str) -> String {
    const LETTERS: [(&str, char); 7] = [
        ("àáảãạăằắẳẵặâầấẩẫậ", 'a'),
        ("èéẻẽẹêềếểễệ", 'e'),
        ("ìíỉĩị", 'i'),
        ("òóỏõọôồốổỗộơờớởỡợ", 'o'),
        ("ùúủũụưừứửữự", 'u'),
        ("ỳýỷỹỵ", 'y'),
        ("đ", 'd'),
    ];
    let plain = |c: char| LETTERS.iter().find(|(marked, _)| marked.contains(c)).map_or(c, |(_, plain)| *plain);
    text.to_lowercase().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(id: &str, name: &str, sort: &str, from: &str) -> Area {
        Area {
            id: id.to_owned(),
            name_vi: name.to_owned(),
            division_type: sort.to_owned(),
            former_province: from.to_owned(),
        }
    }

    #[test]
    fn areas_stand_in_groups_and_in_the_order_of_the_alphabet() {
        let areas = [
            area("1", "Xã Đắk Pxi", "xã", "Kon Tum"),
            area("2", "Xã Ba Tơ", "xã", "Quảng Ngãi"),
            area("3", "Xã An Phú", "xã", "Quảng Ngãi"),
            area("4", "Xã Ba Tô", "xã", "Quảng Ngãi"),
        ];
        let groups = grouped_areas(&areas, Words(Language::Vi));
        let labels: Vec<_> = groups.iter().map(|group| group.label.as_str()).collect();
        assert_eq!(labels, ["Xã – địa bàn tỉnh Kon Tum cũ", "Xã – địa bàn tỉnh Quảng Ngãi cũ"]);
        let names: Vec<_> = groups[1].choices.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["Xã An Phú", "Xã Ba Tô", "Xã Ba Tơ"]);
        assert_eq!(grouped_areas(&areas, Words(Language::En))[0].label, "Communes – former Kon Tum Province");
        assert_eq!((Choices::text(&groups, "3"), Choices::text(&groups, "9")), ("Xã An Phú", "9"));
    }

    #[test]
    fn what_has_parts_is_their_heading_and_no_choice() {
        let field = |id: &str, parent: Option<&str>| Field {
            id: id.to_owned(),
            parent: parent.map(ToOwned::to_owned),
            name_vi: id.to_uppercase(),
            name_en: id.to_owned(),
        };
        let groups = grouped_fields(
            &[field("land", Some("administrative")), field("administrative", None), field("other", None)],
            Words(Language::Vi),
        );
        let pair = |value: &str| (value.to_owned(), value.to_uppercase());
        assert_eq!(
            groups,
            [
                Group { label: "ADMINISTRATIVE".to_owned(), choices: vec![pair("land")] },
                Group { label: String::new(), choices: vec![pair("other")] },
            ]
        );
    }
}
