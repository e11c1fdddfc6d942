//! What holds for every page: languages, sessions, who may send forms, what is said where there is no page.

use axum::http::{StatusCode, header};
use donthu_tests::Province;
use donthu_tests::pages::Visitor;

#[tokio::test]
async fn the_home_page_is_vietnamese_first_and_english_beside_it() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let home = visitor.get("/").await;
    assert_eq!(home.status, StatusCode::OK);
    home.says("lang=\"vi\"").says("Gửi đơn và theo dõi việc giải quyết").says("Luật Khiếu nại 02/2011/QH13");
    Visitor::english(&province)
        .get("/")
        .await
        .says("lang=\"en\"")
        .says("Submit a petition")
        .says("30 days; complex matters: 45 days");

    let chosen = visitor.get("/ngon-ngu?sang=en&ve=%2Fnowhere").await;
    assert_eq!((chosen.status, chosen.location().as_str()), (StatusCode::SEE_OTHER, "/nowhere"));
    visitor.get("/").await.says("Submit a petition");
    visitor.get("/ngon-ngu?sang=vi&ve=%2F%2Fevil.example").await;
    visitor.get("/").await.says("Gửi đơn và theo dõi");
    assert_eq!(visitor.get("/ngon-ngu?sang=vi&ve=%2F%2Fevil.example").await.location(), "/");
}

#[tokio::test]
async fn pages_run_nothing_of_their_own_and_fetch_from_this_host_alone() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let home = visitor.get("/").await;
    let policy = home.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(home.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(home.headers[header::REFERRER_POLICY], "same-origin");
    home.does_not_say("<style")
        .does_not_say(" style=")
        .does_not_say("onclick")
        .does_not_say("src=\"http")
        .does_not_say("href=\"http");
    let mut weight = home.text.len();
    for address in
        home.text.split('"').filter(|text| text.starts_with("/tai-nguyen/")).collect::<std::collections::BTreeSet<_>>()
    {
        let asset = visitor.get(address).await;
        assert_eq!(asset.status, StatusCode::OK, "{address}");
        assert_eq!(asset.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        weight += asset.text.len();
    }
    assert!(weight < 100_000, "the home page weighs {weight} bytes in all");
    assert_eq!(visitor.get("/tai-nguyen/trang.000000000000.css").await.status, StatusCode::NOT_FOUND);
    assert!(visitor.cookies().is_empty(), "who only reads is given nothing to keep");
}

#[tokio::test]
async fn an_address_without_a_page_says_where_to_go_and_the_api_answers_as_an_api() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let nowhere = visitor.get("/khong-co").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    nowhere.says("Không có trang này").says("Về trang chủ");
    let api = province.send("GET", "/v1/nowhere", &[], None).await;
    assert_eq!((api.status, api.text("/type").as_str()), (StatusCode::NOT_FOUND, "urn:donthu:problem:no_such_route"));
    let method = province.send("PUT", "/v1/petitions", &[], None).await;
    assert_eq!(
        (method.status, method.text("/type").as_str()),
        (StatusCode::NOT_FOUND, "urn:donthu:problem:no_such_route")
    );
}

#[tokio::test]
async fn no_other_site_sends_a_form_in_a_visitors_name() {
    let province = Province::open().await;
    let official = Visitor::official(&province, "head", "chair").await;
    for site in ["cross-site", "same-site", "none"] {
        let refused = official.post_from(site, "/dang-xuat", &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{site}");
        refused.says("không có gì được ghi nhận");
        assert!(official.cookies().contains_key("__Host-donthu-official"), "nobody was signed out");
    }
    let ended = official.post("/dang-xuat", &[]).await;
    ended.says("Đã đăng xuất");
    assert!(!official.cookies().contains_key("__Host-donthu-official"));
}

#[tokio::test]
async fn a_sign_in_is_finished_where_it_was_begun_and_only_once() {
    let province = Province::open().await;
    let (begun, other) = (Visitor::new(&province), Visitor::new(&province));
    let asked = begun.get("/dang-nhap?ve=%2Fcan-bo%3Fagency%3Dchair").await;
    let chooser = begun.get(&asked.location()).await;
    chooser.says("Đăng nhập thử nghiệm").says("Ban Tiếp công dân tỉnh");
    let mut fields = chooser.hidden();
    fields.push(("official".to_owned(), "head@chair".to_owned()));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let back = begun.post("/dev/oauth2/authorize", &fields).await.location();
    let back = back.strip_prefix("http://127.0.0.1").unwrap();

    let stolen = other.get(back).await;
    assert_eq!(stolen.status, StatusCode::UNAUTHORIZED);
    stolen.says("Đăng nhập không thành công");
    assert!(other.cookies().is_empty());
    let altered = begun.get(&back.replace("state=", "state=x")).await;
    assert_eq!(altered.status, StatusCode::UNAUTHORIZED);

    let signed = begun.get(back).await;
    assert_eq!((signed.status, signed.location().as_str()), (StatusCode::SEE_OTHER, "/can-bo?agency=chair"));
    assert_eq!(begun.cookies().keys().collect::<Vec<_>>(), ["__Host-donthu-official"]);
    let again = begun.get(back).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "a code and its sign-in are used up");
    begun.get("/").await.says("Chủ tịch Ủy ban nhân dân tỉnh Quảng Ngãi · thủ trưởng").says("Đăng xuất");
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_end_with_the_token() {
    let province = Province::open().await;
    let official = Visitor::official(&province, "head", "chair").await;
    official.get("/").await.says("thủ trưởng");
    province.advance("PT8H").await;
    official.get("/").await.does_not_say("thủ trưởng");
    let begun = Visitor::new(&province).get("/dang-nhap").await;
    let cookie = begun.headers[header::SET_COOKIE].to_str().unwrap();
    for attribute in ["__Host-", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{attribute}");
    }
}
