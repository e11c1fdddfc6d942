//! Who a document comes from, who signs it and who gets it (Decree 30/2020, appendix I, section II).

use donthu_domain::{
    Agency, AgencyId, AgencyType, Case, Directory, Event, Issued, Kind, Recipient, Signer, superior_of,
};
use jiff::civil::Date;

use super::{Reader, wording};

const CHAIR_OF: &str = "Chủ tịch ";
const COMMITTEE: &str = "Ủy ban nhân dân ";

/// The head of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// The agency directly above, in lines; empty for a People's Committee, which has none above it on paper.
    pub above: Vec<String>,
    /// The agency, in lines.
    pub agency: Vec<String>,
    /// The place that stands before the date: the commune for its own committee, else the province.
    pub place: String,
    /// Whoever acts by office, in a sentence, e.g. `Chủ tịch Ủy ban nhân dân xã Bình Sơn`.
    pub issuer: String,
    agency_type: Option<AgencyType>,
}

/// The agency that a document comes from: the one that passes a case on, otherwise the one that has it.
pub fn issuer<'a>(event: &'a Event, case: &'a Case) -> Option<&'a AgencyId> {
    match event {
        Event::Transferred { from, .. } => Some(from),
        Event::ReportDemanded { .. } => case.overdue_report.as_ref().map(|report| &report.superior),
        _ => case.agency.as_ref(),
    }
}

/// The letterhead of an agency as it stood on a day.
pub fn letterhead(agency: Option<&AgencyId>, directory: &Directory, on: Date) -> Letterhead {
    let province = directory.the(AgencyType::ProvinceChair, on).map(committee_of).unwrap_or_default();
    let province = province.strip_prefix(COMMITTEE).unwrap_or(province);
    let province_name = wording::without_first_word(province);
    let Some(agency) = agency.and_then(|id| directory.agency(id, on)) else {
        return Letterhead {
            above: Vec::new(),
            agency: vec![wording::GAP.to_owned()],
            place: wording::or_gap(province_name),
            issuer: wording::GAP.to_owned(),
            agency_type: None,
        };
    };
    let superior = superior_of(&agency.id, directory, on);
    let superior = superior.and_then(|id| directory.agency(&id, on)).map(committee_of).unwrap_or_default();
    // The line above names the province already.
    let (above, name) = match agency.agency_type {
        AgencyType::ProvinceChair | AgencyType::Commune => ("", committee_of(agency)),
        AgencyType::Department => (superior, without(&agency.name_vi, province)),
        AgencyType::Inspectorate | AgencyType::ReceptionBoard => (superior, without(&agency.name_vi, province_name)),
    };
    let area = agency.area.as_ref().and_then(|area| directory.area(area, on));
    let place = match area {
        Some(area) => area.name_vi.get(area.division_type.len()..).map_or(area.name_vi.as_str(), str::trim_start),
        None => province_name,
    };
    Letterhead {
        above: lines(above),
        agency: lines(name),
        place: wording::or_gap(place),
        issuer: holder(agency),
        agency_type: Some(agency.agency_type),
    }
}

fn committee_of(agency: &Agency) -> &str {
    agency.name_vi.strip_prefix(CHAIR_OF).unwrap_or(&agency.name_vi)
}

fn without<'a>(name: &'a str, ending: &str) -> &'a str {
    name.strip_suffix(ending).map_or(name, str::trim_end)
}

/// In capitals; a People's Committee in two lines.
fn lines(name: &str) -> Vec<String> {
    let parts = match name.strip_prefix(COMMITTEE) {
        Some(of) => vec![COMMITTEE.trim_end(), of],
        None if name.is_empty() => Vec::new(),
        None => vec![name],
    };
    parts.into_iter().map(str::to_uppercase).collect()
}

/// Whoever heads an agency, as a sentence names them.
pub fn holder(agency: &Agency) -> String {
    let name = &agency.name_vi;
    match agency.agency_type {
        AgencyType::ProvinceChair => name.clone(),
        AgencyType::Commune => format!("{CHAIR_OF}{name}"),
        AgencyType::Department => format!("Giám đốc {name}"),
        AgencyType::Inspectorate => format!("Chánh {name}"),
        AgencyType::ReceptionBoard => format!("Trưởng {name}"),
    }
}

impl Letterhead {
    /// The authority that a decision names before it decides.
    pub fn authority(&self) -> String {
        self.issuer.to_uppercase()
    }

    /// The lines above the signature.
    pub fn signer(&self, signer: Signer) -> Vec<&'static str> {
        let [head, for_head, deputy] = match self.agency_type {
            Some(AgencyType::ProvinceChair | AgencyType::Commune) => ["CHỦ TỊCH", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
            Some(AgencyType::Department) => ["GIÁM ĐỐC", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
            Some(AgencyType::Inspectorate) => ["CHÁNH THANH TRA", "KT. CHÁNH THANH TRA", "PHÓ CHÁNH THANH TRA"],
            Some(AgencyType::ReceptionBoard) => ["TRƯỞNG BAN", "KT. TRƯỞNG BAN", "PHÓ TRƯỞNG BAN"],
            None => ["NGƯỜI ĐỨNG ĐẦU", "KT. NGƯỜI ĐỨNG ĐẦU", "CẤP PHÓ"],
        };
        match signer {
            Signer::Head => vec![head],
            Signer::Deputy => vec![for_head, deputy],
        }
    }
}

/// Who gets the document, by office or part in the case. The copy for the denounced names no denouncer.
pub fn recipients(issued: &Issued, event: &Event, case: &Case, reader: Reader, directory: &Directory) -> Vec<String> {
    let on = issued.recorded_on;
    let name = |id: Option<AgencyId>| id.and_then(|id| directory.agency(&id, on)).map(|agency| agency.name_vi.clone());
    let or = |named: Option<String>, otherwise: &str| named.unwrap_or_else(|| otherwise.to_owned());
    let superior = || issuer(event, case).and_then(|id| superior_of(id, directory, on));
    let mut lines: Vec<String> = Vec::new();
    for recipient in &issued.document.recipients {
        let line = match recipient {
            Recipient::Petitioner if reader == Reader::Denounced => continue,
            // What has no copy without the denouncer must not go to the denounced, whatever the official ticked.
            Recipient::ComplainedAbout | Recipient::Denounced
                if case.kind == Kind::Denunciation && !Reader::Denounced.gets(case.kind, issued.form) =>
            {
                continue;
            }
            Recipient::Petitioner => wording::capital(wording::kind(case.kind).who),
            Recipient::ComplainedAbout | Recipient::Denounced => match case.kind {
                Kind::Complaint => "Người bị khiếu nại",
                Kind::Denunciation => "Người bị tố cáo",
                Kind::Feedback => "Cơ quan, tổ chức, cá nhân được kiến nghị, phản ánh",
            }
            .to_owned(),
            Recipient::Superior => or(name(superior()), "Cơ quan cấp trên trực tiếp"),
            Recipient::Inspectorate => {
                or(directory.the(AgencyType::Inspectorate, on).map(|agency| agency.name_vi.clone()), "Thanh tra tỉnh")
            }
            Recipient::Receiving => match event {
                Event::Transferred { to, .. } => or(name(Some(to.clone())), "Cơ quan tiếp nhận"),
                Event::Referred { .. } => "Cơ quan điều tra".to_owned(),
                _ => "Cơ quan tiếp nhận".to_owned(),
            },
            Recipient::Related if case.kind == Kind::Denunciation => {
                "Cơ quan, tổ chức, cá nhân có liên quan".to_owned()
            }
            Recipient::Related => "Người có quyền, nghĩa vụ liên quan".to_owned(),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.push("Lưu: VT, hồ sơ".to_owned());
    lines
}
