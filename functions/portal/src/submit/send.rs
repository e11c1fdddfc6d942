//! A petition is handed to the API, and whatever comes back leads to a page that holds all that was typed.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use donthu_service::problem::chain;
use uuid::Uuid;

use crate::failure::{Failure, Problem};
use crate::frame::{Frame, attachment, html};
use crate::portal::Portal;
use crate::submit::draft::Draft;
use crate::submit::receipt::{self, Recorded};
use crate::submit::steps::{self, Step};
use crate::submit::{Notice, mend, show};
use crate::visitor::{LANGUAGE, Visitor, with_cookie};
use crate::words::Words;

/// The field and the header with a proof of work.
const WORK: &str = "altcha";

/// Sends it.
pub async fn send(
    portal: &Portal,
    visitor: &Visitor,
    headers: &HeaderMap,
    mut draft: Draft,
) -> Result<Response, Failure> {
    let work = draft.form.posted().given(WORK);
    let mut answer = post(visitor, &draft, work).await;
    // A proof that came too late, or of another petition: there may be an allowance without one.
    if work.is_some() && answer.as_ref().is_err_and(|failure| is(failure, "proof_of_work_invalid")) {
        answer = post(visitor, &draft, None).await;
    }
    match answer {
        Ok(recorded) => Ok(recorded_page(visitor, headers, &recorded)),
        Err(Failure::Told(problem)) => match problem.field.as_deref().and_then(Step::asking) {
            Some(step) if problem.status == 422 => {
                draft.form.refused(&problem);
                mend(visitor, draft, step).await
            }
            _ if problem.code() == "idempotency_key_reused" => Ok(reused(portal, visitor, &draft)),
            _ => held(visitor, &draft, &problem).await,
        },
        Err(failure) => {
            tracing::error!(cause = %chain(&failure), "a petition could not be handed over");
            let notice = unknown_outcome(visitor.words());
            show(visitor, &draft, Step::Review, Some(notice), StatusCode::SERVICE_UNAVAILABLE).await
        }
    }
}

fn is(failure: &Failure, code: &str) -> bool {
    failure.problem().is_some_and(|problem| problem.code() == code)
}

async fn post(visitor: &Visitor, draft: &Draft, work: Option<&str>) -> Result<Recorded, Failure> {
    let call = visitor.api.post("/v1/petitions").idempotency_key(draft.key).json(&draft.petition(visitor.language));
    let call = match work {
        Some(work) => call.header(WORK, work),
        None => call,
    };
    call.answer().await
}

/// The petition as it is sent, byte for byte: with the signed receipt it proves what was submitted.
pub fn copy(visitor: &Visitor, draft: &Draft) -> Result<Response, Failure> {
    let bytes = serde_json::to_vec(&draft.petition(visitor.language)).map_err(Failure::internal)?;
    Ok(attachment("ban-sao-don.json", bytes))
}

/// On to the receipt; where the browser keeps no cookies, which the code would travel in, it is shown at once and here.
fn recorded_page(visitor: &Visitor, headers: &HeaderMap, recorded: &Recorded) -> Response {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let keeps_cookies = lines.flat_map(|line| line.split(';')).any(|pair| pair.trim().starts_with(LANGUAGE));
    match visitor.keep_receipt(&recorded.receipt) {
        Some(cookie) if keeps_cookies => with_cookie(Redirect::to("/gui-don/bien-nhan").into_response(), Some(cookie)),
        _ => receipt::at_once(visitor, recorded),
    }
}

/// The review once more: the petition was not recorded, or nobody knows.
async fn held(visitor: &Visitor, draft: &Draft, problem: &Problem) -> Result<Response, Failure> {
    let w = visitor.words();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let minutes = problem.retry_after.map_or(60, |seconds| seconds.div_ceil(60));
    let notice = match problem.code() {
        "proof_of_work_needed" | "proof_of_work_invalid" => Notice::new(
            w.t("Đơn chưa được gửi: đang có quá nhiều đơn", "Not sent yet: very many petitions are coming in"),
            wait_or_compute(w, problem.retry_after.map(|_| minutes)),
        ),
        "too_many_requests" => Notice::new(
            w.t("Đơn chưa được gửi: đã gửi quá nhiều đơn", "Not sent yet: too many petitions"),
            match w.t("vi", "en") {
                "vi" => {
                    format!("Xin giữ nguyên trang này và bấm Gửi lại sau {minutes} phút. Mọi điều đã ghi vẫn còn đây.")
                }
                _ => format!(
                    "Please keep this page open and send again in {minutes} minutes. All that you wrote is still here."
                ),
            },
        ),
        "outcome_unknown" | "internal" => unknown_outcome(w),
        "busy" | "keys_unavailable" => Notice::new(
            w.t("Đơn chưa được gửi: hệ thống đang bận", "Not sent yet: the system is busy"),
            w.t(
                "Chưa có gì được ghi nhận, và mọi điều ông/bà đã ghi vẫn còn đây. Xin chờ vài giây rồi bấm Gửi lại.",
                "Nothing was recorded, and all that you wrote is still here. Please wait a few seconds and send again.",
            ),
        ),
        _ => Notice::new(w.t("Đơn chưa được gửi", "Not sent"), problem.detail.clone()),
    };
    let mut response = show(visitor, draft, Step::Review, Some(notice), status).await?;
    if let Some(seconds) = problem.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

fn wait_or_compute(w: Words, minutes: Option<u32>) -> String {
    match (w.t("vi", "en"), minutes) {
        ("vi", Some(minutes)) => format!(
            "Xin giữ nguyên trang này và bấm Gửi lại sau {minutes} phút. Nếu trình duyệt có bật JavaScript, nó tự làm một phép tính nhỏ trong vài giây; khi dòng cạnh nút Gửi báo đã xong, ông/bà gửi được ngay. Mọi điều đã ghi vẫn còn đây."
        ),
        ("vi", None) => "Trình duyệt phải làm một phép tính nhỏ trước khi gửi, và cần bật JavaScript để làm. Khi dòng cạnh nút Gửi báo đã xong, xin bấm Gửi lại. Không bật được JavaScript thì nộp đơn tại nơi tiếp công dân. Mọi điều đã ghi vẫn còn đây.".to_owned(),
        (_, Some(minutes)) => format!(
            "Please keep this page open and send again in {minutes} minutes. A browser with JavaScript does a small calculation by itself within seconds; once the line beside the button says that it is done, you can send at once. All that you wrote is still here."
        ),
        (_, None) => "The browser has to do a small calculation before it sends, for which JavaScript must be on. Once the line beside the button says that it is done, please send again. Without JavaScript, hand the petition in where citizens are received. All that you wrote is still here.".to_owned(),
    }
}

fn unknown_outcome(w: Words) -> Notice {
    Notice::new(
        w.t("Chưa rõ đơn đã được ghi nhận hay chưa", "It is not known whether the petition was recorded"),
        w.t(
            "Xin chờ một phút rồi bấm Gửi lại, không sửa gì: gửi lại cùng một đơn không tạo thêm đơn thứ hai, và ông/bà sẽ nhận được mã biên nhận.",
            "Please wait a minute and send again without a change: the same petition sent again makes no second one, and you will get the receipt code.",
        ),
    )
}

#[derive(Template)]
#[template(path = "submit/reused.html")]
struct Reused<'a> {
    frame: Frame,
    key: Uuid,
    next_key: Uuid,
    carried: Vec<(&'static str, &'a str)>,
}

/// The petition was sent before and was changed since.
fn reused(portal: &Portal, visitor: &Visitor, draft: &Draft) -> Response {
    let w = visitor.words();
    let title = w.t("Đơn này đã được gửi trước đó", "This petition was sent before");
    let carried = steps::fields().map(|(name, _)| (name, draft.form.value(name)));
    let mut page = html(&Reused {
        frame: visitor.frame(title).holding_text(),
        key: draft.key,
        next_key: portal.ids.uuid(),
        carried: carried.filter(|(_, value)| !value.is_empty()).collect(),
    });
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::CONFLICT;
    }
    page
}
