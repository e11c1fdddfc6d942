//! Random steps on denunciations and what comes out of them, by anybody of any agency.

use donthu_domain::time::{add_days, local_date};
use donthu_domain::{
    Actor, Against, AgencyId, Channel, Command, CompetentBody, ComplexityCriterion, ContinuationGround,
    DialogueOutcome, DisclosureReason, FilingGround, Kind, Opening, Petition, RefusalGround, ResultCode, Role, Sending,
    SuspensionGround, TerminationGround,
};
use jiff::civil::Date;
use proptest::prelude::*;

use super::province::Province;
use crate::common::{document, official, petition};
use crate::competence::POSITIONS;

/// What somebody tries.
#[derive(Debug, Clone)]
pub struct Step {
    pub case: prop::sample::Index,
    pub days_later: u32,
    what: u8,
    who: u8,
    agency: prop::sample::Index,
    position: prop::sample::Index,
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let later = prop_oneof![3 => Just(0u32), 3 => 1u32..8, 2 => 8u32..45];
    let index = any::<prop::sample::Index>;
    let step = (index(), later, any::<u8>(), any::<u8>(), index(), index()).prop_map(
        |(case, days_later, what, who, agency, position)| Step { case, days_later, what, who, agency, position },
    );
    prop::collection::vec(step, 1..18)
}

/// The agencies that there ever are.
pub fn ids(province: &Province) -> Vec<String> {
    province.world.directory.agency_ids().map(ToString::to_string).collect()
}

/// A denunciation of somebody in an agency that exists that day, or of nobody in particular.
pub fn denunciation(id: &str, agency: Option<&str>, position: usize) -> Petition {
    let against = Against { agency: agency.map(AgencyId::from), position: POSITIONS[position % POSITIONS.len()] };
    Petition { id: id.into(), number: id.to_owned(), against, area: None, field: None, ..petition(Kind::Denunciation) }
}

/// Every command that an official or a citizen may try on a case.
pub fn commands(to: &str, petition: Petition, today: Date, fresh: &str) -> Vec<Command> {
    use Command as C;
    let opening = || Opening { id: fresh.into(), number: fresh.to_owned() };
    let (paper, document) = (document("1/QĐ", today), None);
    let further = Petition { kind: Kind::Complaint, ..petition.clone() };
    vec![
        C::Formalise { received_on: today },
        C::Accept { group_papers: false, document: None },
        C::Assign { agency: None, handler: Some("handler".into()), denounced: None },
        C::Assign { agency: Some(to.into()), handler: Some("handler".into()), denounced: None },
        C::Transfer { to: to.into(), document: None },
        C::Tick,
        C::Resolve { result: ResultCode::Founded, document: None },
        C::Continue { opening: opening(), received_on: None },
        C::ReportOverdue,
        C::DemandReport { document: None },
        C::AnswerDemand { document: None },
        C::SendMessage,
        C::DiscloseIdentity { to: "somebody".into(), reason: DisclosureReason::Protection },
        C::Withdraw,
        C::Suspend { ground: SuspensionGround::AwaitsOtherBody, document: None },
        C::Resume { document: None },
        C::Dispatch { what: Sending::Decision, document: None },
        C::Dispatch { what: Sending::Acceptance, document: None },
        C::Correct { document: None },
        C::Divide { parts: vec![petition, further], document: None },
        C::Publish { document: None },
        C::Enforce { document: paper.clone() },
        C::File { ground: FilingGround::Illegible, document: None },
        C::UseForInspection { document: None },
        C::Refer { document: paper.clone() },
        C::LinkDuplicate { of: "other".into(), document: None },
        C::Verify { document: None },
        C::Extend { days: 30, criteria: vec![ComplexityCriterion::ManyPeople], document: paper.clone() },
        C::FindComplex { criteria: vec![ComplexityCriterion::ManyPeople], document: paper.clone() },
        C::Refuse { ground: RefusalGround::NoGrounds, document: None },
        C::Guide { to: CompetentBody::Court, document: None },
        C::Appeal { opening: opening(), good_reason: false, received_on: None },
        C::CallDialogue { on: add_days(today, 9), document: None },
        C::RecordDialogue { outcome: DialogueOutcome::Held, document: None },
        C::WithdrawPart { document: paper.clone() },
        C::ContinueWithdrawn { grounds: vec![ContinuationGround::Coerced], document: None },
        C::Terminate {
            ground: TerminationGround::Withdrawal,
            no_ground_to_continue: true,
            withdrawal: Some(paper),
            document,
        },
        C::Route,
    ]
}

impl Step {
    /// Who opens a case, and how.
    pub fn opening(&self, province: &Province, id: &str, today: Date) -> (Actor, Command) {
        let standing: Vec<String> = province.world.directory.agencies_on(today).map(|a| a.id.to_string()).collect();
        let named =
            (!standing.is_empty() && !self.what.is_multiple_of(12)).then(|| self.agency.get(&standing).as_str());
        let petition = denunciation(id, named, self.position.index(POSITIONS.len()));
        match self.who % 2 {
            0 => (Actor::Citizen, Command::Submit(petition)),
            _ if standing.is_empty() => (Actor::Citizen, Command::Submit(petition)),
            _ => {
                let register = Command::Register { petition, channel: Channel::Oral, received_on: today };
                (official(self.position.get(&standing).as_str(), &[Role::Reception]), register)
            }
        }
    }

    /// Who tries what on a case.
    pub fn following(
        &self,
        province: &Province,
        responsible: Option<&AgencyId>,
        now: jiff::Timestamp,
        fresh: &str,
    ) -> (Actor, Command) {
        let today = local_date(now);
        let ids = ids(province);
        let to = self.agency.get(&ids);
        let standing: Vec<String> = province.world.directory.agencies_on(today).map(|a| a.id.to_string()).collect();
        let named = (!standing.is_empty()).then(|| self.position.get(&standing).as_str());
        let petition = denunciation(fresh, named, usize::from(self.who));
        let all = commands(to, petition, today, fresh);
        // What moves a case on comes first in the list, and is tried more often.
        let bound = if self.what < 170 { 16 } else { all.len() };
        let command = all[usize::from(self.what) % bound].clone();
        let responsible = responsible.map_or("", AgencyId::as_str);
        let roles = [Role::ALL[usize::from(self.who) % 7]];
        let actor = match (&command, self.who % 8) {
            (Command::Tick | Command::Route, 0..6) => Actor::System,
            (Command::Withdraw, 0..6) | (Command::Continue { .. } | Command::ReportOverdue, 0..3) => Actor::Citizen,
            (Command::SendMessage, 0..3) => Actor::Citizen,
            (Command::DiscloseIdentity { .. }, 0..4) => official(to, &[Role::IdentityCustodian]),
            (Command::DemandReport { .. }, 0..5) => official(to, &[Role::Head]),
            (_, 0..6) => official(responsible, &[Role::Head]),
            (_, 6) => official(to, &Role::ALL),
            _ => official(to, &roles),
        };
        (actor, command)
    }
}
