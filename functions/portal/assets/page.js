// Comfort for those who have scripts. Every page works without this file.
(() => {
  "use strict";

  // A second click does nothing while the first is under way. The server would make one case of both all the same.
  addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    // A file to save leaves the page where it is.
    if (event.submitter && "stays" in event.submitter.dataset) return;
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // After the form is read, so that the button's own value goes with it.
    setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });

  // A page out of the browser's memory of pages: its forms may be sent again.
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach((button) => (button.disabled = false));
    });
  });

  // Shown to those alone for whom they work.
  document.querySelectorAll("[data-scripted]").forEach((part) => (part.hidden = false));
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));

  // Away at once: what is kept is cleared, and the page is not among those that one comes back to.
  document.querySelectorAll("[data-leave]").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      navigator.sendBeacon("/tra-cuu/xoa");
      location.replace(link.href);
    }),
  );

  const wrong = document.querySelector(".errors");
  if (wrong) wrong.focus();
})();
