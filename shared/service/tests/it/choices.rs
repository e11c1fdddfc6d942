//! What there is to choose in each step, in words.

use std::collections::BTreeSet;
use std::fmt::Write;

use donthu_domain::{
    CompetentBody, ComplexityCriterion, ContinuationGround, DialogueOutcome, DisclosureReason, FilingGround, Instance,
    Kind, Language, RefusalGround, ResultCode, Sending, SuspensionGround, TerminationGround,
};
use donthu_service::messages::choices;

/// What a form may offer on a case of a kind, by what is chosen.
fn offered(kind: Kind, language: Language) -> Vec<(&'static str, Vec<String>)> {
    let refusals = RefusalGround::ALL.into_iter().filter(|ground| ground.fits(kind));
    let filings = FilingGround::ALL.into_iter().filter(|ground| ground.fits(kind));
    let suspensions = SuspensionGround::ALL.into_iter().filter(|ground| ground.fits(kind));
    let terminations = TerminationGround::ALL.into_iter().filter(|ground| ground.fits(kind));
    let results = ResultCode::ALL
        .into_iter()
        .filter(|result| [Instance::First, Instance::Second].iter().any(|instance| result.fits(kind, *instance)));
    let complaint = kind == Kind::Complaint;
    let denunciation = kind == Kind::Denunciation;
    let bodies = CompetentBody::OUTSIDE.into_iter().filter(|_| complaint);
    let continuations = ContinuationGround::ALL.into_iter().filter(|_| denunciation);
    let criteria = ComplexityCriterion::ALL.into_iter().filter(|_| kind != Kind::Feedback);
    let dialogues = DialogueOutcome::ALL.into_iter().filter(|_| complaint);
    vec![
        ("guidance", bodies.map(|body| choices::body(&body, language)).collect()),
        ("refusal", refusals.map(|ground| choices::refusal(ground, kind, language)).collect()),
        ("filing", filings.map(|ground| choices::filing(ground, language)).collect()),
        ("suspension", suspensions.map(|ground| choices::suspension(ground, kind, language)).collect()),
        ("termination", terminations.map(|ground| choices::termination(ground, kind, language)).collect()),
        ("continuation", continuations.map(|ground| choices::continuation(ground, language)).collect()),
        ("criteria", criteria.map(|one| choices::criterion(one, kind, language)).collect()),
        ("dialogue", dialogues.map(|outcome| choices::dialogue(outcome, language)).collect()),
        ("resolution", results.map(|result| choices::result(result, kind, language)).collect()),
        ("dispatch", Sending::ALL.map(|what| choices::sending(what, kind, language)).to_vec()),
        ("disclosure", DisclosureReason::ALL.map(|reason| choices::disclosure(reason, language).to_owned()).to_vec()),
    ]
}

#[test]
fn what_there_is_to_choose_reads_like_this() {
    let mut shown = String::new();
    for language in [Language::Vi, Language::En] {
        for kind in Kind::ALL {
            writeln!(shown, "# {language:?}, {}", kind.code()).unwrap();
            for (what, texts) in offered(kind, language) {
                for text in texts {
                    writeln!(shown, "{what}: {text}").unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn no_two_choices_of_a_list_read_alike() {
    for language in [Language::Vi, Language::En] {
        for kind in Kind::ALL {
            for (what, texts) in offered(kind, language) {
                let different: BTreeSet<&String> = texts.iter().collect();
                assert_eq!(different.len(), texts.len(), "{what} of a {}", kind.code());
            }
        }
    }
}
