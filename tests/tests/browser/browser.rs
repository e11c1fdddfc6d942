//! One Chromium window on a province that listens on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::middleware::map_response;
use axum::response::Response;
use donthu_tests::Province;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A citizen's cheap phone: 360 pixels wide.
pub const PHONE: (u32, u32) = (360, 740);
/// A desk's screen.
pub const DESK: (u32, u32) = (1280, 900);

/// How a window is.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Width and height.
    pub size: (u32, u32),
    /// The language that the browser asks for.
    pub language: &'static str,
}

impl Window {
    /// As most citizens have it.
    pub const USUAL: Window = Window { size: PHONE, language: "vi" };
}

/// A browser that shows a province's pages.
pub struct Browser {
    client: Client,
    base: String,
    size: (u32, u32),
}

fn told(variable: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the script that starts the parts says where they are")]
    let value = std::env::var(variable);
    value.unwrap_or_else(|_| panic!("{variable} is not set; .ci/browser sets it"))
}

/// Lets a province listen, until the test ends. Gives its address.
pub async fn listen(province: &Province) -> String {
    serve(province.machine.router()).await
}

/// The same for browsers that run no script of a page: each is told to run none, which the tests' own are not asked about.
pub async fn listen_to_scriptless(province: &Province) -> String {
    let none = HeaderValue::from_static("script-src 'none'");
    let told = move |mut response: Response| {
        response.headers_mut().append(CONTENT_SECURITY_POLICY, none.clone());
        async move { response }
    };
    serve(province.machine.router().layer(map_response(told))).await
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    format!("http://{address}")
}

impl Browser {
    /// Opens a window of its own, with nothing kept of others.
    pub async fn open(base: &str, window: Window) -> Self {
        let (width, height) = window.size;
        let mut options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--force-prefers-reduced-motion",
                     format!("--lang={}", window.language), format!("--window-size={width},{height}")],
            "prefs": { "intl.accept_languages": window.language },
        });
        if window.size == PHONE {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0 } });
        }
        let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": options });
        let Value::Object(capabilities) = capabilities else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&told("DONTHU_TEST_WEBDRIVER"))
            .await
            .unwrap();
        Self { client, base: base.to_owned(), size: window.size }
    }

    /// Opens a page.
    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// The path of the page that is shown.
    pub async fn path(&self) -> String {
        let address = self.client.current_url().await.unwrap();
        address.as_str().strip_prefix(&self.base).unwrap_or(address.as_str()).to_owned()
    }

    /// The first element that a CSS selector finds; waits for it a little.
    pub async fn find(&self, selector: &str) -> Element {
        let found = self.client.wait().for_element(Locator::Css(selector)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{selector} on {}: {error}\n{}", self.path().await, self.text().await),
        }
    }

    /// Whether a CSS selector finds something now.
    pub async fn has(&self, selector: &str) -> bool {
        !self.client.find_all(Locator::Css(selector)).await.unwrap().is_empty()
    }

    /// Clicks, which may lead to another page.
    pub async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap();
    }

    /// Clicks on the link or button that bears a text.
    pub async fn press(&self, text: &str) {
        let path = format!("//*[self::a or self::button][not(@aria-hidden)][contains(normalize-space(.), '{text}')]");
        let found = self.client.wait().for_element(Locator::XPath(&path)).await;
        match found {
            Ok(element) => element.click().await.unwrap(),
            Err(error) => panic!("no link or button {text:?} on {}: {error}\n{}", self.path().await, self.text().await),
        }
    }

    /// Types into a field.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses from a list by the value.
    pub async fn choose(&self, selector: &str, value: &str) {
        self.find(selector).await.select_by_value(value).await.unwrap();
    }

    /// Gives a field its value as a picker of the browser does: a day, a box, one of several.
    pub async fn set(&self, selector: &str, value: &str) {
        self.find(selector).await;
        let script = "const field = document.querySelector(arguments[0]); \
                      if (field.type === 'checkbox' || field.type === 'radio') field.checked = true; else field.value = arguments[1];";
        self.client.execute(script, vec![json!(selector), json!(value)]).await.unwrap();
    }

    /// Sends a key to what has the focus.
    pub async fn key(&self, key: Key) {
        let text: char = key.into();
        self.client.active_element().await.unwrap().send_keys(&text.to_string()).await.unwrap();
    }

    /// The text of what has the focus.
    pub async fn focused(&self) -> String {
        let element = self.client.active_element().await.unwrap();
        // Where nothing has it, the whole page is said to.
        if element.tag_name().await.unwrap() == "body" { String::new() } else { element.text().await.unwrap() }
    }

    /// What is to be read on the page.
    pub async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Asserts that the page says something, or that the one that follows does.
    pub async fn says(&self, text: &str) {
        let path = format!("//body[contains(normalize-space(.), '{text}')]");
        if self.client.wait().for_element(Locator::XPath(&path)).await.is_err() {
            panic!("{text:?} is not on {}:\n{}", self.path().await, self.text().await);
        }
    }

    /// Runs a script in the page, as a test and not as the page: its policy does not hold for it.
    pub async fn run(&self, script: &str) -> Result<Value, CmdError> {
        self.client.execute(script, Vec::new()).await
    }

    /// Asserts that axe-core finds nothing that breaks WCAG 2.2 AA or its best practices, that nothing is wider than the window, and
    /// that the page fetched nothing from elsewhere; leaves a picture where pictures are wanted. Gives the page's weight in bytes and
    /// its requests.
    pub async fn check(&self, name: &str) -> (u64, u64) {
        let axe = std::fs::read_to_string(told("DONTHU_TEST_AXE")).unwrap();
        self.run(&axe).await.unwrap();
        let found = self
            .client
            .execute_async(
                "const done = arguments[arguments.length - 1]; axe.run().then((found) => done(found.violations.map((one) => \
                 one.id + ': ' + one.help + ' at ' + one.nodes.map((node) => node.html).join(' | '))));",
                Vec::new(),
            )
            .await
            .unwrap();
        assert_eq!(found, json!([]), "{name} at {}", self.path().await);
        let wide =
            self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth;").await;
        assert_eq!(wide.unwrap(), json!(0), "{name} is wider than its window");
        let counted = self
            .run(
                "const all = performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'));\
                 return [all.reduce((sum, one) => sum + one.decodedBodySize, 0), all.length, \
                 all.map((one) => new URL(one.name).host).filter((host) => host !== location.host)];",
            )
            .await
            .unwrap();
        assert_eq!(counted[2], json!([]), "{name} fetches from elsewhere");
        self.picture(name).await;
        (counted[0].as_u64().unwrap(), counted[1].as_u64().unwrap())
    }

    async fn picture(&self, name: &str) {
        #[expect(clippy::disallowed_methods, reason = "who wants pictures says where")]
        let Ok(folder) = std::env::var("DONTHU_TEST_PICTURES") else { return };
        let width = self.run("return innerWidth;").await.unwrap();
        let height = self.run("return document.documentElement.scrollHeight;").await.unwrap();
        let (width, height) = (width.as_u64().unwrap(), height.as_u64().unwrap());
        self.client.set_window_size(u32::try_from(width).unwrap(), u32::try_from(height).unwrap() + 150).await.unwrap();
        let picture = self.client.screenshot().await.unwrap();
        self.client.set_window_size(self.size.0, self.size.1).await.unwrap();
        std::fs::write(PathBuf::from(folder).join(format!("{name}-{width}.png")), picture).unwrap();
    }

    /// Closes the window.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}
