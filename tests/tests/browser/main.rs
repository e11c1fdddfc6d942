//! The pages in a real browser: Chromium, driven over WebDriver. `.ci/browser` starts what this needs and says where it is in
//! `DONTHU_TEST_WEBDRIVER` (the address of chromedriver) and `DONTHU_TEST_AXE` (the file axe.min.js). With `DONTHU_TEST_PICTURES`, a
//! folder, a picture of each page that is checked is left there, at the width of a phone and of a desk.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail where a helper does")]

mod browser;
mod citizen;
mod frame;
mod official;
