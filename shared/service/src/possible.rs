//! What may be done in a case now and what there is to choose in it, so that a page shows that alone.

use std::collections::BTreeMap;

use donthu_domain::{
    Case, Choices, CompetentBody, ComplexityCriterion, Context, ContinuationGround, DialogueOutcome, DisclosureReason,
    FilingGround, Language, Paper, RefusalGround, ResultCode, Sending, SuspensionGround, TerminationGround,
    possible_steps,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::messages::choices;

/// A step that the official may take in a case now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PossibleStep {
    /// The end of its route, below the case's own.
    #[schema(value_type = String, examples("acceptance"))]
    pub step: &'static str,
    /// The article that it rests on; null where the law says nothing of it.
    #[schema(value_type = Option<String>)]
    pub article: Option<&'static str>,
    /// Whether its form has a place for a document.
    pub document: DocumentNeed,
    /// What there is to choose, by the form's field. A field whose name is in the plural takes several.
    #[schema(value_type = BTreeMap<String, Vec<Choice>>)]
    pub choices: BTreeMap<&'static str, Vec<Choice>>,
    /// How many criteria must be met at least, where more than one has to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_criteria: Option<usize>,
    /// Most calendar days by which a limit may be prolonged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_days: Option<u16>,
}

/// Whether a document belongs to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentNeed {
    /// Without it the step can't be taken.
    Required,
    /// It may be named.
    Optional,
    /// The step has none.
    None,
}

impl From<Paper> for DocumentNeed {
    fn from(paper: Paper) -> Self {
        match paper {
            Paper::Required => DocumentNeed::Required,
            Paper::Optional => DocumentNeed::Optional,
            Paper::None => DocumentNeed::None,
        }
    }
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StepChoice)]
pub struct Choice {
    /// What the form says.
    #[schema(value_type = String)]
    pub code: Code,
    /// In words.
    pub text: String,
}

/// What a form says of a choice: the domain's own values, so that a form's names are not written a second time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Code {
    /// Which body is competent.
    Body(CompetentBody),
    /// Why not to accept.
    Refusal(RefusalGround),
    /// Why to file.
    Filing(FilingGround),
    /// Why to stop the clock.
    Suspension(SuspensionGround),
    /// Why to terminate.
    Termination(TerminationGround),
    /// Why to go on.
    Continuation(ContinuationGround),
    /// Why a case is complex.
    Complexity(ComplexityCriterion),
    /// How a dialogue went.
    Dialogue(DialogueOutcome),
    /// The result.
    Resolution(ResultCode),
    /// What is sent.
    Dispatch(Sending),
    /// Why an identity is opened.
    Disclosure(DisclosureReason),
}

/// The end of the route of a command's step; none for what nobody asks for over HTTP in a case that there is.
fn noun(command: &str) -> Option<&'static str> {
    Some(match command {
        "formalise" => "formalisation",
        "assign" => "assignment",
        "accept" => "acceptance",
        "refuse" => "refusal",
        "guide" => "guidance",
        "transfer" => "transfer",
        "file" => "filing",
        "use_for_inspection" => "inspection",
        "refer" => "referral",
        "link_duplicate" => "duplicate",
        "divide" => "division",
        "verify" => "verification",
        "call_dialogue" => "dialogue",
        "record_dialogue" => "dialogue-record",
        "find_complex" => "complexity",
        "extend" => "extension",
        "suspend" => "suspension",
        "resume" => "resumption",
        "withdraw" => "withdrawal",
        "withdraw_part" => "partial-withdrawal",
        "continue_withdrawn" => "continuation",
        "terminate" => "termination",
        "resolve" => "resolution",
        "correct" => "correction",
        "dispatch" => "dispatch",
        "publish" => "publication",
        "enforce" => "enforcement",
        "appeal" => "appeal",
        "continue" => "continued-denunciation",
        "report_overdue" => "overdue-report",
        "demand_report" => "report-demand",
        "answer_demand" => "report",
        "send_message" => "messages",
        "disclose_identity" => "identity-disclosure",
        _ => return None,
    })
}

/// What the actor may do in a case now.
pub fn possible(case: &Case, context: &Context<'_>, language: Language) -> Vec<PossibleStep> {
    let steps = possible_steps(case, context).into_iter();
    let shown = steps.filter_map(|step| {
        let (least_criteria, most_days) = match step.choices {
            Choices::Extension { least, most_days, .. } => (Some(least).filter(|least| *least > 1), Some(most_days)),
            _ => (None, None),
        };
        Some(PossibleStep {
            step: noun(step.command)?,
            article: step.article,
            document: step.paper.into(),
            choices: worded(&step.choices, case, language).into_iter().collect(),
            least_criteria,
            most_days,
        })
    });
    shown.collect()
}

/// What the actor may do in a case now, by the ends of the routes alone.
pub fn nouns(case: &Case, context: &Context<'_>) -> Vec<&'static str> {
    possible_steps(case, context).into_iter().filter_map(|step| noun(step.command)).collect()
}

/// The field of the form and what there is to choose for it.
fn worded(offered: &Choices, case: &Case, language: Language) -> Option<(&'static str, Vec<Choice>)> {
    let kind = case.kind;
    Some(match offered {
        Choices::Free => return None,
        Choices::Guidance(all) => ("to", listed(all, Code::Body, |body| choices::body(body, language))),
        Choices::Refusal(all) => {
            ("ground", listed(all, Code::Refusal, |ground| choices::refusal(*ground, kind, language)))
        }
        Choices::Filing(all) => ("ground", listed(all, Code::Filing, |ground| choices::filing(*ground, language))),
        Choices::Suspension(all) => {
            ("ground", listed(all, Code::Suspension, |ground| choices::suspension(*ground, kind, language)))
        }
        Choices::Termination(all) => {
            ("ground", listed(all, Code::Termination, |ground| choices::termination(*ground, kind, language)))
        }
        Choices::Continuation(all) => {
            ("grounds", listed(all, Code::Continuation, |ground| choices::continuation(*ground, language)))
        }
        Choices::Complexity(all) | Choices::Extension { criteria: all, .. } => {
            ("criteria", listed(all, Code::Complexity, |one| choices::criterion(*one, kind, language)))
        }
        Choices::Dialogue(all) => {
            ("outcome", listed(all, Code::Dialogue, |outcome| choices::dialogue(*outcome, language)))
        }
        Choices::Resolution(all) => {
            ("result", listed(all, Code::Resolution, |result| choices::result(*result, kind, language)))
        }
        Choices::Dispatch(all) => ("what", listed(all, Code::Dispatch, |what| choices::sending(*what, kind, language))),
        Choices::Disclosure(all) => {
            ("reason", listed(all, Code::Disclosure, |reason| choices::disclosure(*reason, language).to_owned()))
        }
    })
}

fn listed<T: Clone>(all: &[T], code: impl Fn(T) -> Code, text: impl Fn(&T) -> String) -> Vec<Choice> {
    all.iter().map(|one| Choice { code: code(one.clone()), text: text(one) }).collect()
}
