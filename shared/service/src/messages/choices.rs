//! What there is to choose in a step, in words. In Vietnamese they are the law's own, as the documents print them.

use donthu_domain::{
    CompetentBody, ComplexityCriterion, ContinuationGround, DialogueOutcome, DisclosureReason, FilingGround, Kind,
    Language, RefusalGround, ResultCode, Sending, SuspensionGround, TerminationGround,
};

use crate::documents::wording;

fn said(language: Language, vi: &str, en: &str) -> String {
    match language {
        Language::Vi => wording::capital(vi),
        Language::En => en.to_owned(),
    }
}

/// Which body a complainant is told to turn to.
pub fn body(body: &CompetentBody, language: Language) -> String {
    let en = match body {
        CompetentBody::Agency(_) => "An agency of the province",
        CompetentBody::CentralAgency => "A central agency",
        CompetentBody::OtherProvince => "The competent agency of another province or city",
        CompetentBody::Court => "A people's court",
        CompetentBody::JudicialBody => "The procuracy, or a body that enforces judgments",
        CompetentBody::PartyBody => "A body of the Party",
        CompetentBody::ElectedBody => "The National Assembly or a People's Council",
        CompetentBody::PublicUnit => "A public service unit or a State enterprise",
    };
    said(language, wording::body(body), en)
}

/// Why a petition is not accepted.
pub fn refusal(ground: RefusalGround, kind: Kind, language: Language) -> String {
    let denunciation = kind == Kind::Denunciation;
    let en = match ground {
        RefusalGround::InternalAct => {
            "The complaint is about a decision or act by which a State agency directs its own work"
        }
        RefusalGround::SuperiorDirection => {
            "The complaint is about a decision or act by which a superior agency directs a lower one"
        }
        RefusalGround::LegalNorm => "The complaint is about a decision that lays down legal norms",
        RefusalGround::StateSecret => {
            "The complaint is about a decision or act that is a State secret of defence, security or foreign affairs"
        }
        RefusalGround::NotAffected => {
            "The decision or act does not directly touch the complainant's rights and interests"
        }
        RefusalGround::NoCapacity if denunciation => "The denouncer lacks legal capacity and has no representative",
        RefusalGround::NoCapacity => "The complainant lacks full legal capacity and has no lawful representative",
        RefusalGround::UnlawfulRepresentative => "The representative who complains is not a lawful one",
        RefusalGround::NoSignature if denunciation => "The denunciation bears no signature or fingerprint",
        RefusalGround::NoSignature => "The complaint bears no signature or fingerprint",
        RefusalGround::TimeExpired => "The time to complain has passed without good reason",
        RefusalGround::SecondDecisionExists => "There is a second-instance decision on the complaint already",
        RefusalGround::NotContinued => {
            "The complaint was terminated in writing, and 30 days passed without the complainant going on"
        }
        RefusalGround::Court => "A court has accepted the matter, or has judged it",
        RefusalGround::NotInForm => "The denunciation is not made as Article 23 of the Law on Denunciations wants it",
        RefusalGround::NoGrounds => "Nothing in the denunciation leads to who broke the law, and how",
        RefusalGround::ResolvedComplaint => {
            "It comes from a complaint that was resolved lawfully, without evidence that whoever resolved it broke the law"
        }
    };
    said(language, wording::refusal(ground, kind), en)
}

/// Why a petition is only filed.
pub fn filing(ground: FilingGround, language: Language) -> String {
    let en = match ground {
        FilingGround::NotInForm => "The petition has not the form that the law wants",
        FilingGround::SeveralAddressees => "It was sent to several bodies, the competent one among them",
        FilingGround::AlreadyGuided => "The petitioner was guided on the same matter already",
        FilingGround::HostileContent => {
            "It opposes the Party or the State, sows discord among peoples or religions, or insults"
        }
        FilingGround::Illegible => "It is torn or cannot be read",
        FilingGround::AnonymousWithoutEvidence => {
            "Nobody says who denounces, and there is no concrete information or evidence to check"
        }
    };
    said(language, wording::filing(ground), en)
}

/// Why the clock stands still.
pub fn suspension(ground: SuspensionGround, kind: Kind, language: Language) -> String {
    let en = match (ground, kind) {
        (SuspensionGround::ForceMajeure, _) => "Force majeure or an objective obstacle",
        (SuspensionGround::AwaitsOtherBody, Kind::Denunciation) => {
            "The outcome at another body, or of a related case, has to be awaited"
        }
        (SuspensionGround::AwaitsOtherBody, _) => "The outcome at another body has to be awaited",
        (SuspensionGround::AwaitsExpertise, _) => "A further or repeated expertise has to be awaited",
    };
    said(language, wording::suspension(ground, kind), en)
}

/// Why a case ends without a decision.
pub fn termination(ground: TerminationGround, kind: Kind, language: Language) -> String {
    let en = match (ground, kind) {
        (TerminationGround::Withdrawal, Kind::Complaint) => "The complainant has withdrawn the whole complaint",
        (TerminationGround::Withdrawal, Kind::Denunciation) => {
            "The whole denunciation was withdrawn and none of the grounds to go on applies"
        }
        (TerminationGround::Withdrawal, Kind::Feedback) => "The feedback was withdrawn",
        (TerminationGround::Death, Kind::Denunciation) => {
            "The denounced person has died, and it was about that person's responsibility alone"
        }
        (TerminationGround::Death, _) => "The complainant has died, and nobody inherits the rights and duties",
        (TerminationGround::Dissolution, _) => {
            "The complaining organisation was dissolved, is bankrupt or has ceased, and has no successor"
        }
        (TerminationGround::AlreadySettled, _) => "The matter was settled by a judgment or decision in force",
        (TerminationGround::Court, _) => "A court has accepted the same matter",
    };
    said(language, wording::termination(ground, kind), en)
}

/// Why a withdrawn denunciation goes on.
pub fn continuation(ground: ContinuationGround, language: Language) -> String {
    let en = match ground {
        ContinuationGround::SignsOfViolation => "a) What is denounced shows signs of a breach of the law",
        ContinuationGround::Coerced => "b) The denouncer was threatened, bribed or forced to withdraw",
        ContinuationGround::Slander => "c) The denouncer misused the denunciation to slander the denounced",
    };
    match language {
        Language::Vi => wording::continuation(ground).to_owned(),
        Language::En => en.to_owned(),
    }
}

/// What makes a case complex.
pub fn criterion(criterion: ComplexityCriterion, kind: Kind, language: Language) -> String {
    let en = match criterion {
        ComplexityCriterion::SeveralPlaces => "a) One content, but to be verified in two places or more",
        ComplexityCriterion::SeveralContents => "b) Two contents or more to be verified",
        ComplexityCriterion::ManyPeople => "c) Many people on the same content, or the interests of many",
        ComplexityCriterion::ForeignElement => "d) A foreign element: a person, an act or a verification abroad",
        ComplexityCriterion::SeveralAgencies => "đ) The responsibility of several agencies",
        ComplexityCriterion::AgenciesDisagree => "e) The agencies that are concerned disagree",
        ComplexityCriterion::ContradictoryEvidence => {
            "g) Contradictory evidence that needs time, or the opinion of an expert body"
        }
    };
    match language {
        Language::Vi => wording::criterion(criterion, kind).to_owned(),
        Language::En => en.to_owned(),
    }
}

/// How a dialogue went.
pub fn dialogue(outcome: DialogueOutcome, language: Language) -> String {
    let (vi, en) = match outcome {
        DialogueOutcome::Held => ("đã tổ chức đối thoại", "The dialogue was held"),
        DialogueOutcome::NoShow => (
            "người khiếu nại được mời nhưng không tham gia mà không có lý do chính đáng",
            "The complainant was invited and stayed away without good reason",
        ),
    };
    said(language, vi, en)
}

/// What is decided, concluded or answered.
pub fn result(result: ResultCode, kind: Kind, language: Language) -> String {
    let en = match (result, kind) {
        (ResultCode::Founded, Kind::Denunciation) => "What was denounced is right",
        (ResultCode::PartlyFounded, Kind::Denunciation) => "What was denounced is partly right and partly wrong",
        (ResultCode::Unfounded, Kind::Denunciation) => "What was denounced is wrong",
        (ResultCode::Founded, _) => "The complaint is right in full",
        (ResultCode::PartlyFounded, _) => "The complaint is right in part",
        (ResultCode::Unfounded, _) => "The complaint is wrong in full",
        (ResultCode::Upheld, _) => "The first decision stands",
        (ResultCode::Overturned, _) => "The first decision is annulled or amended",
        (ResultCode::Answered, _) => "The feedback is answered",
    };
    said(language, wording::result(result, kind), en)
}

/// What is sent.
pub fn sending(what: Sending, kind: Kind, language: Language) -> String {
    let en = match (what, kind) {
        (Sending::Acceptance, _) => "The notice of acceptance",
        (Sending::Suspension, _) => "The decision to suspend, to go on or to terminate",
        (Sending::Decision, Kind::Complaint) => "The decision on the complaint",
        (Sending::Decision, Kind::Denunciation) => "The conclusion on the denunciation",
        (Sending::Decision, Kind::Feedback) => "The answer to the feedback",
    };
    said(language, wording::sent(what, kind), en)
}

/// Why an identity was opened, in words.
pub fn disclosure(reason: DisclosureReason, language: Language) -> &'static str {
    let (vi, en) = match reason {
        DisclosureReason::Verification => ("Xác minh người nộp đơn", "To check who petitions"),
        DisclosureReason::Invitation => ("Mời làm việc, đối thoại", "To invite to a meeting or dialogue"),
        DisclosureReason::Delivery => {
            ("Gửi thông báo, quyết định, kết luận", "To send a notice, decision or conclusion")
        }
        DisclosureReason::Protection => ("Bảo vệ người tố cáo", "To protect the denouncer"),
        DisclosureReason::Authority => {
            ("Theo yêu cầu của cơ quan có thẩm quyền", "At the request of a competent authority")
        }
    };
    match language {
        Language::Vi => vi,
        Language::En => en,
    }
}
